/**
 * The canvas to draw a digit on, with a mouse, pen, finger or keyboard. Strokes are stored as lines in a unit square,
 * so the canvas can have any size. They are drawn twice: on the canvas, and into a picture for the network.
 */

import { centered } from "./center.ts";
import { eachFrame } from "./element.ts";

/** A point. Both coordinates are from 0 to 1, and y points down. */
interface Point {
  readonly x: number;
  readonly y: number;
}

/** Width of the pen on the canvas. */
const PEN = 1 / 13;
/** Distance that an arrow key moves the pen. */
const STEP = 1 / 24;
/**
 * Side length of the picture for the network, and the width of the pen in it. The width corresponds to 2.5 of 20
 * pixels, as in MNIST, whatever the size of the drawing.
 */
const PICTURE = 160;
const PICTURE_PEN = 20;
/** Smallest size that is scaled up to fill the picture. Smaller drawings are treated as dots. */
const DOT = 1 / 50;

/** Lets the user draw on a canvas. */
export class Pad {
  readonly #canvas: HTMLCanvasElement;
  readonly #picture = new OffscreenCanvas(PICTURE, PICTURE);
  readonly #redraw: () => void;
  #strokes: Point[][] = [];
  /** The pen controlled by the keyboard. */
  #pen = { x: 0.5, y: 0.5, down: false, seen: false };

  /** @param changed called after each change with the image, 28 × 28 bytes, or null if the canvas is empty. */
  constructor(canvas: HTMLCanvasElement, changed: (image: Uint8Array | null) => void) {
    this.#canvas = canvas;
    this.#redraw = eachFrame(() => {
      this.#draw();
      changed(this.image());
    });
    canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("blur", () => {
      this.#pen = { ...this.#pen, down: false, seen: false };
      this.#redraw();
    });
    new ResizeObserver(() => this.#redraw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#redraw());
  }

  /** Returns the drawing as an image in the format of MNIST; null if the canvas is empty. */
  image(): Uint8Array | null {
    const context = this.#picture.getContext("2d", { willReadFrequently: true });
    if (context === null) return null;
    const points = this.#strokes.flat();
    if (points.length === 0) return null;
    const [left, top] = [Math.min(...points.map(({ x }) => x)), Math.min(...points.map(({ y }) => y))];
    const [right, bottom] = [Math.max(...points.map(({ x }) => x)), Math.max(...points.map(({ y }) => y))];
    const scale = (PICTURE - PICTURE_PEN) / Math.max(right - left, bottom - top, DOT);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, PICTURE, PICTURE);
    context.setTransform(scale, 0, 0, scale, PICTURE_PEN / 2 - scale * left, PICTURE_PEN / 2 - scale * top);
    this.#trace(context, PICTURE_PEN / scale);
    const { data } = context.getImageData(0, 0, PICTURE, PICTURE);
    // safe: four bytes per pixel
    const gray = Uint8Array.from({ length: PICTURE * PICTURE }, (_, i) => data[4 * i + 3] as number);
    return centered({ width: PICTURE, height: PICTURE, gray });
  }

  /** Clears the canvas. */
  clear(): void {
    this.#strokes = [];
    this.#pen = { ...this.#pen, x: 0.5, y: 0.5, down: false };
    this.#redraw();
  }

  #begin(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#pen = { ...this.#pen, down: false, seen: false };
    this.#strokes.push([this.#place(event)]);
    this.#redraw();
  }

  #move(event: PointerEvent): void {
    if (!this.#canvas.hasPointerCapture(event.pointerId)) return;
    // Older versions of Safari lack coalesced events, and synthetic events have none.
    const passed = "getCoalescedEvents" in event ? event.getCoalescedEvents() : [];
    this.#strokes.at(-1)?.push(...(passed.length > 0 ? passed : [event]).map((one) => this.#place(one)));
    this.#redraw();
  }

  #place(event: PointerEvent): Point {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    return { x: (event.clientX - left) / width, y: (event.clientY - top) / height };
  }

  #key(event: KeyboardEvent): void {
    const { key, ctrlKey, altKey, metaKey } = event;
    if (ctrlKey || altKey || metaKey) return;
    const [right, down] = MOVES[key] ?? [0, 0];
    if (key === "Backspace" || key === "Delete") this.clear();
    else if (key === " ") this.#pen = { ...this.#pen, down: !this.#pen.down };
    else if (right === 0 && down === 0) return;
    event.preventDefault();
    const within = (at: number): number => Math.min(1 - PEN, Math.max(PEN, at));
    this.#pen = {
      ...this.#pen,
      x: within(this.#pen.x + right * STEP),
      y: within(this.#pen.y + down * STEP),
      seen: true,
    };
    if (key === " " && this.#pen.down) this.#strokes.push([]);
    if (this.#pen.down) this.#strokes.at(-1)?.push(this.#pen);
    this.#redraw();
  }

  #draw(): void {
    const context = this.#canvas.getContext("2d");
    if (context === null) return;
    const side = Math.round(this.#canvas.clientWidth * devicePixelRatio);
    this.#canvas.width = side;
    this.#canvas.height = side;
    const style = getComputedStyle(this.#canvas);
    context.strokeStyle = style.color;
    context.scale(side, side);
    this.#trace(context, PEN);
    if (!this.#pen.seen) return;
    context.beginPath();
    context.arc(this.#pen.x, this.#pen.y, PEN / 2 + 0.01, 0, 2 * Math.PI);
    context.strokeStyle = style.outlineColor;
    context.lineWidth = 1 / 120;
    if (!this.#pen.down) context.setLineDash([1 / 60, 1 / 60]);
    context.stroke();
  }

  /** Draws the strokes in the units of their points. */
  #trace(context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D, pen: number): void {
    context.lineCap = "round";
    context.lineJoin = "round";
    context.lineWidth = pen;
    for (const [first, ...rest] of this.#strokes) {
      if (first === undefined) continue;
      context.beginPath();
      context.moveTo(first.x, first.y);
      // A line back to the first point draws a dot if the stroke has only one.
      for (const { x, y } of [first, ...rest]) context.lineTo(x, y);
      context.stroke();
    }
  }
}

const MOVES: Readonly<Record<string, readonly [right: number, down: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

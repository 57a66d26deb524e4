/**
 * Shows the progress of training: a progress bar on a terminal, and elsewhere, such as in a log file, about ten lines
 * per epoch.
 */

import { Presets, SingleBar } from "cli-progress";

/** The progress display of a run. Times and speeds are measured from its creation. */
export interface Progress {
  /** Reports that `step` steps of the run are done. `loss` is the last loss read; null if there is none yet. */
  update(step: number, loss: number | null): void;
  /** Ends the display. Further output starts on the next line. */
  stop(): void;
}

/** The length of a run. */
export interface Extent {
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly imagesPerStep: number;
  /** Number of steps done by the run that this one resumes. */
  readonly startStep: number;
}

/**
 * Creates the progress display of a run.
 *
 * @param stream output stream. Default: standard output.
 */
export function progress(extent: Extent, stream: NodeJS.WriteStream = process.stdout): Progress {
  return stream.isTTY ? liveLine(extent, stream) : plainLines(extent, stream);
}

function liveLine(extent: Extent, stream: NodeJS.WriteStream): Progress {
  const pace = stopwatch(extent);
  const bar = new SingleBar(
    {
      stream,
      format: "epoch {epoch} {bar} {percentage}%  loss {loss}  {speed} images/s  {left} left",
      barsize: 24,
      hideCursor: true,
      // The program handles Ctrl-C itself, to save a checkpoint.
      gracefulExit: false,
      autopadding: true,
    },
    Presets.shades_classic,
  );
  bar.start(pace.steps, extent.startStep, { epoch: pace.epoch(extent.startStep), loss: "-", speed: "-", left: "-" });
  return {
    update(step, loss) {
      const { speed, secondsLeft } = pace.at(step);
      bar.update(step, {
        epoch: pace.epoch(step),
        loss: loss?.toFixed(4) ?? "-",
        speed: thousands(speed),
        left: duration(secondsLeft),
      });
    },
    stop() {
      bar.stop();
    },
  };
}

function plainLines(extent: Extent, stream: NodeJS.WritableStream): Progress {
  const pace = stopwatch(extent);
  const every = Math.max(1, Math.round(extent.stepsPerEpoch / 10));
  let next = (Math.floor(extent.startStep / every) + 1) * every;
  return {
    update(step, loss) {
      if (step < next && step !== pace.steps) return;
      next = (Math.floor(step / every) + 1) * every;
      const { speed, secondsLeft } = pace.at(step);
      stream.write(
        `epoch ${pace.epoch(step)}  step ${step}/${pace.steps}  loss ${loss?.toFixed(4) ?? "-"}  ${thousands(speed)} images/s  ${duration(secondsLeft)} left\n`,
      );
    },
    stop() {},
  };
}

interface Pace {
  readonly steps: number;
  epoch(step: number): string;
  at(step: number): { speed: number; secondsLeft: number };
}

function stopwatch(extent: Extent): Pace {
  const began = performance.now();
  const steps = extent.epochs * extent.stepsPerEpoch;
  return {
    steps,
    epoch: (step) => `${Math.min(extent.epochs, Math.max(1, Math.ceil(step / extent.stepsPerEpoch)))}/${extent.epochs}`,
    at(step) {
      const seconds = (performance.now() - began) / 1000;
      const stepsPerSecond = (step - extent.startStep) / seconds;
      return { speed: stepsPerSecond * extent.imagesPerStep, secondsLeft: (steps - step) / stepsPerSecond };
    },
  };
}

/** Formats a count with commas between the thousands: `12,345`. */
export function thousands(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

/** Formats a duration: `7 s`, `2 min 05 s`, `1 h 02 min`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "-";
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${twoDigits(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${twoDigits(Math.floor((whole % 3600) / 60))} min`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

import type { CommentDisplayPart } from "typedoc";
import { describe, expect, it } from "vitest";
import { firstSentence, pytorchName, withoutPages } from "../src/docstring.ts";

/** A docstring as parsed by TypeDoc: text, and code in backticks. */
function parts(text: string): CommentDisplayPart[] {
  return text
    .split(/(`[^`]*`)/)
    .flatMap((piece) => (piece === "" ? [] : [{ kind: piece.startsWith("`") ? "code" : "text", text: piece }]));
}

const plain = (of: readonly CommentDisplayPart[]): string => of.map(({ text }) => text).join("");
const sentence = (text: string): string => plain(firstSentence(parts(text)));

describe("first sentences", () => {
  it("end at a period that ends a sentence", () => {
    expect(sentence("The sum over some dimensions, or all. NaN counts.")).toBe("The sum over some dimensions, or all.");
    expect(
      sentence(
        "`max(x, 0)`, with the derivative 0 at 0. https://pytorch.org/docs/stable/generated/torch.nn.functional.relu.html",
      ),
    ).toBe("`max(x, 0)`, with the derivative 0 at 0.");
    expect(sentence("Reads a file.\n\nMore about it.")).toBe("Reads a file.");
  });

  it("continue after an abbreviation, a number, and code", () => {
    expect(sentence("As in Zhuang et al. 2020, with 1e-3. Then more.")).toBe("As in Zhuang et al. 2020, with 1e-3.");
    expect(sentence("The window's `stride` and `padding`. Default 1.")).toBe("The window's `stride` and `padding`.");
  });

  it("end before a formula or a list, with a period added", () => {
    expect(sentence("The mean of each channel:\n\n    y = Σ x / n\n\nMore.")).toBe("The mean of each channel.");
    expect(sentence("Makes a batch:\n- of tensors\n- of numbers")).toBe("Makes a batch.");
  });
});

describe("links to PyTorch's pages", () => {
  it("are labeled with the name that the page documents", () => {
    expect(pytorchName("https://pytorch.org/docs/stable/generated/torch.nn.Conv2d.html")).toBe("torch.nn.Conv2d");
    expect(pytorchName("https://pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader")).toBe(
      "torch.utils.data.DataLoader",
    );
    expect(pytorchName("https://pytorch.org/docs/stable/generated/torch.nn.modules.normalization.RMSNorm.html")).toBe(
      "torch.nn.RMSNorm",
    );
    expect(pytorchName("https://pytorch.org/docs/stable/tensor_view.html")).toBeNull();
    expect(pytorchName("https://example.com/generated/torch.nn.Conv2d.html")).toBeNull();
  });

  it("are removed from the text only if they are not part of a sentence", () => {
    const url = "https://pytorch.org/docs/stable/generated/torch.add.html";
    expect(plain(withoutPages(parts(`The sum. ${url}`)))).toBe("The sum.");
    expect(plain(withoutPages(parts(`The sum.\n\n${url}\n\nMore.`)))).toBe("The sum.\n\nMore.");
    expect(plain(withoutPages(parts(`The rules of ${url} hold.`)))).toBe(`The rules of ${url} hold.`);
  });
});

/**
 * Checkpointing, as in PyTorch's `torch.utils.checkpoint`: re-exports `@akari/autograd/checkpoint`.
 *
 * @packageDocumentation
 */

export * from "@akari/autograd/checkpoint";

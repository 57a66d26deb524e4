/**
 * Shuffles channels between groups.
 */

import { shapeError, shapeOf, type Tensor } from "@akari/tensor";

/**
 * Interleaves the channels of groups: views [N, C, ...] as [N, groups, C / groups, ...] and swaps these two dimensions.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.channel_shuffle.html
 *
 * @throws ShapeError for fewer than 3 dimensions, or when the channels are not divisible by `groups`.
 */
export function channelShuffle(input: Tensor, groups: number): Tensor {
  const channels = shapeOf("channelShuffle", input)[1] ?? 0;
  if (input.ndim < 3 || channels % groups !== 0)
    throw shapeError("channelShuffle", `[N, C, ...] with C divisible by ${groups}`, input);
  return input
    .unflatten(1, [groups, channels / groups])
    .transpose(1, 2)
    .flatten(1, 2);
}

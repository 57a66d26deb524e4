/**
 * Channels exchanged between groups.
 */

import { ShapeError, showShape, type Tensor } from "@akari/tensor";

/**
 * Mixes channels between groups: [N, C, ...] is read as [N, groups, C / groups, ...], and the two are swapped.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.channel_shuffle.html
 *
 * @throws ShapeError for channels that the groups do not divide.
 */
export function channelShuffle(input: Tensor, groups: number): Tensor {
  const channels = input.shape[1] ?? 0;
  if (input.ndim < 3 || channels % groups !== 0)
    throw new ShapeError(
      `channelShuffle: an input of shape ${showShape(input.shape)} has no channels for ${groups} groups`,
    );
  return input
    .unflatten(1, [groups, channels / groups])
    .transpose(1, 2)
    .flatten(1, 2);
}

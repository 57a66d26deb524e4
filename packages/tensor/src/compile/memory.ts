/**
 * Memory planning: temporaries with disjoint lifetimes share memory. A slot is as large as the largest of its tenants.
 * Temporaries are placed in order of first use, each in the free slot of the most similar size.
 */

import type { Backend, DeviceBuffer } from "../backend.ts";
import { once } from "../once.ts";
import { Storage } from "../storage.ts";
import { type OwnView, readsOf, type Step, type Temporaries, writesOf } from "./steps.ts";

/** A temporary, live from the first step that uses it to the last. */
interface Tenant {
  readonly bytes: number;
  readonly views: OwnView[];
  readonly first: number;
  last: number;
}

interface Slot {
  bytes: number;
  /** The last step that uses the current tenant. */
  until: number;
  readonly views: OwnView[];
}

/**
 * Allocates shared memory for the temporaries of a list of steps and moves their views there. Their original buffers
 * are no longer used.
 */
export function placeTemporaries(
  steps: readonly Step[],
  temporaries: Temporaries,
  device: Backend,
): readonly Storage[] {
  const tenants = new Map<DeviceBuffer, Tenant>();
  steps.forEach((step, i) => {
    for (const view of [...readsOf(step), ...writesOf(step)]) {
      const { buffer } = view;
      if (!temporaries.has(buffer)) continue;
      const tenant = once(tenants, buffer, () => ({ bytes: buffer.bytes, views: [], first: i, last: i }));
      tenant.views.push(view);
      tenant.last = i;
    }
  });
  const slots: Slot[] = [];
  for (const { bytes, views, first, last } of tenants.values()) {
    // The bytes that a slot would waste or have to grow by.
    const misfit = (slot: Slot) => Math.abs(slot.bytes - bytes);
    let best: Slot | undefined;
    for (const slot of slots)
      if (slot.until < first && (best === undefined || misfit(slot) < misfit(best))) best = slot;
    if (best === undefined) slots.push({ bytes, until: last, views: [...views] });
    else {
      best.bytes = Math.max(best.bytes, bytes);
      best.until = last;
      best.views.push(...views);
    }
  }
  return slots.map(({ bytes, views }) => {
    const storage = new Storage(device, bytes);
    for (const view of views) view.buffer = storage.buffer;
    return storage;
  });
}

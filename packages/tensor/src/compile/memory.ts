/**
 * Where temporaries lie: those that are never needed at the same time share memory. A slot is as large as the largest
 * of its tenants; each temporary takes the free slot that fits it best, in the order of their first use.
 */

import type { Backend, DeviceBuffer } from "../backend.ts";
import { Storage } from "../storage.ts";
import { type OwnView, readsOf, type Step, type Temporaries, writesOf } from "./steps.ts";

/** A temporary: from the first step that uses it to the last. */
interface Tenant {
  readonly bytes: number;
  readonly views: OwnView[];
  readonly first: number;
  last: number;
}

interface Slot {
  bytes: number;
  /** The last step that uses the present tenant. */
  until: number;
  readonly views: OwnView[];
}

/**
 * Gives the temporaries of a list new memory on a device, as little as will do. The buffers they had are not used any
 * more.
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
      const tenant = tenants.get(buffer) ?? { bytes: buffer.bytes, views: [], first: i, last: i };
      tenants.set(buffer, tenant);
      tenant.views.push(view);
      tenant.last = i;
    }
  });
  const slots: Slot[] = [];
  for (const { bytes, views, first, last } of tenants.values()) {
    // What a slot would waste, or have to grow by.
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

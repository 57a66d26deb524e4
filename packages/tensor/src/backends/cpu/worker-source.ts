/**
 * The script of a worker thread, as text, so that it needs no file of its own and works with every bundler. It runs the
 * jobs described by the control words, which `threads.ts` writes and explains.
 */

/**
 * Indices of the control words, in 32-bit words. Words that different threads write often are on separate cache lines.
 */
export const words = {
  /** Job generation (upper 23 bits), whether the job is open (bit 8), number of workers inside (lower 8 bits). */
  ticket: 16,
  /** The first unit that no thread has claimed yet. */
  next: 32,
  /** Number of sleeping workers. */
  sleepers: 48,
  /** Set to 1 by a worker whose kernel trapped. */
  failed: 64,
  /** The job: kernel id, address and length of its code, address of its arguments, units, units per piece. */
  job: 80,
} as const;

/** The ticket's bit that marks an open job. */
export const open = 256;
/** How long a worker polls for a job before it sleeps, in milliseconds. */
const patience = 0.08;

/**
 * The body of a worker, a function of the shared memory. It calls `memory.grow(0)` before it reads a kernel's code,
 * because its thread may otherwise not have seen the memory grow yet.
 */
const body = `(memory) => {
  const words = new Int32Array(memory.buffer, 0, 256);
  const imports = {
    env: { memory },
    math: {
      __proto__: Math,
      fmod: (a, b) => a % b,
      pow: (a, b) => (a === 1 || (a === -1 && (b === 1 / 0 || b === -1 / 0)) ? 1 : a ** b),
    },
  };
  const kernels = [];
  const wait = (seen) => {
    for (;;) {
      const until = performance.now() + ${patience};
      let ticket = 0;
      for (let turn = 1; (turn & 63) !== 0 || performance.now() < until; turn++) {
        ticket = Atomics.load(words, ${words.ticket});
        if ((ticket & ${open}) !== 0 && ticket >>> 9 !== seen) return ticket;
      }
      Atomics.add(words, ${words.sleepers}, 1);
      Atomics.wait(words, ${words.ticket}, ticket);
      Atomics.sub(words, ${words.sleepers}, 1);
    }
  };
  const kernel = (id, address, length) => {
    memory.grow(0);
    const code = new Uint8Array(memory.buffer, address, length).slice();
    return (kernels[id] = new WebAssembly.Instance(new WebAssembly.Module(code), imports).exports.run);
  };
  let seen = 0;
  for (;;) {
    const ticket = wait(seen);
    if (Atomics.compareExchange(words, ${words.ticket}, ticket, ticket + 1) !== ticket) continue;
    seen = ticket >>> 9;
    try {
      const id = words[${words.job}], args = words[${words.job + 3}];
      const run = kernels[id] ?? kernel(id, words[${words.job + 1}] >>> 0, words[${words.job + 2}]);
      const units = words[${words.job + 4}] >>> 0, grain = words[${words.job + 5}];
      for (;;) {
        const begin = Atomics.add(words, ${words.next}, grain) >>> 0;
        if (begin >= units) break;
        run(args, begin, Math.min(begin + grain, units));
      }
    } catch {
      Atomics.store(words, ${words.failed}, 1);
    }
    Atomics.sub(words, ${words.ticket}, 1);
  }
}`;

/** The script for Node's `worker_threads`, which receives the memory in `workerData`. */
export const nodeScript: string = `(${body})(require("node:worker_threads").workerData);`;

/** The script for a Web Worker, which receives the memory as its first message. */
export const webScript: string = `onmessage = (event) => (${body})(event.data);`;

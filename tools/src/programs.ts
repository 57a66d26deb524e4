/**
 * A small program for each published package, which uses only the package and its peers and throws if a result is
 * wrong.
 */

/** The programs, in TypeScript, by package. A published package without a program is an error. */
export const programs: Readonly<Record<string, string>> = {
  "@akari/tensor": `
    import { manualSeed, randn, tensor } from "@akari/tensor";
    import { reference } from "@akari/tensor/reference";
    manualSeed(0);
    const [a, b] = [randn([64, 48]), randn([48, 32])];
    const other = reference();
    const sum = (x: typeof a, y: typeof b): number => x.matmul(y).exp().sum().itemSync() as number;
    const [here, there] = [sum(a, b), sum(a.to(other), b.to(other))];
    if (!(Math.abs(here / there - 1) < 1e-4)) throw new Error(\`cpu \${here}, reference \${there}\`);
    if (JSON.stringify(await tensor([[1, 2], [3, 4]]).sum(0).toArray()) !== "[4,6]") throw new Error("sum");
  `,
  "@akari/autograd": `
    import { requiresGrad } from "@akari/autograd";
    import { tensor } from "@akari/tensor";
    const x = requiresGrad(tensor([1, 2, 3]));
    x.mul(x).sum().backward();
    if (JSON.stringify(x.grad?.toArraySync()) !== "[2,4,6]") throw new Error("backward");
  `,
  "@akari/nn": `
    import { Linear, ReLU, Sequential } from "@akari/nn";
    import { ones } from "@akari/tensor";
    const model = new Sequential(new Linear(4, 8), new ReLU(), new Linear(8, 2));
    model(ones([3, 4])).sum().backward();
    for (const parameter of model.parameters()) if (parameter.grad === null) throw new Error("no gradient");
  `,
  "@akari/optim": `
    import { Adam } from "@akari/optim";
    import { tensor } from "@akari/tensor";
    const x = tensor([1, -1]);
    Object.defineProperty(x, "grad", { value: tensor([1, -1]), writable: true });
    new Adam([x], { lr: 0.5 }).step();
    if (!(Math.abs((x.toArraySync() as number[])[0]! - 0.5) < 1e-5)) throw new Error("step");
  `,
  "@akari/optim-lion": `
    import { Lion } from "@akari/optim-lion";
    import { tensor } from "@akari/tensor";
    const x = tensor([1, -1]);
    Object.defineProperty(x, "grad", { value: tensor([3, -0.1]), writable: true });
    new Lion([x], { lr: 0.5 }).step();
    if (JSON.stringify(x.toArraySync()) !== "[0.5,-0.5]") throw new Error("step");
  `,
  "@akari/optim-muon": `
    import { Muon } from "@akari/optim-muon";
    import { tensor } from "@akari/tensor";
    const x = tensor([[1, -1]]);
    Object.defineProperty(x, "grad", { value: tensor([[3, 4]]), writable: true });
    new Muon([x], { lr: 0.5, weightDecay: 0, nsSteps: 0 }).step();
    if (!(Math.abs((x.toArraySync() as number[][])[0]![0]! - 0.7) < 1e-5)) throw new Error("step");
  `,
  "@akari/optim-adafactor": `
    import { Adafactor } from "@akari/optim-adafactor";
    import { tensor } from "@akari/tensor";
    const x = tensor([1, -1]);
    Object.defineProperty(x, "grad", { value: tensor([3, -4]), writable: true });
    new Adafactor([x], { lr: 0.5 }).step();
    if (JSON.stringify(x.toArraySync()) !== "[0.5,-0.5]") throw new Error("step");
  `,
  "@akari/linalg": `
    import { qr, svd } from "@akari/linalg";
    import { tensor } from "@akari/tensor";
    const { Q, R } = qr(tensor([[3, 1], [4, 2]]));
    if (Math.abs((Q.matmul(R).toArraySync() as number[][])[1]![0]! - 4) > 1e-5) throw new Error("qr");
    const [, s] = svd(tensor([[0, 2], [1, 0]]));
    if (JSON.stringify(s.toArraySync()) !== "[2,1]") throw new Error("svd");
  `,
  "@akari/special": `
    import { gammainc, ndtr } from "@akari/special";
    import { tensor } from "@akari/tensor";
    if (ndtr(tensor(0)).itemSync() !== 0.5) throw new Error("ndtr");
    if (!(Math.abs((gammainc(tensor(1), tensor(1)).itemSync() as number) - (1 - Math.exp(-1))) < 1e-6)) throw new Error("gammainc");
  `,
  "@akari/data": `
    import { DataLoader, TensorDataset } from "@akari/data";
    import { tensor } from "@akari/tensor";
    const sizes: number[] = [];
    for await (const [x] of new DataLoader(new TensorDataset(tensor([1, 2, 3]), tensor([4, 5, 6])), { batchSize: 2 })) sizes.push(x.shape[0]!);
    if (JSON.stringify(sizes) !== "[2,1]") throw new Error(JSON.stringify(sizes));
  `,
  "@akari/io": `
    import { loadSafetensors, saveSafetensors } from "@akari/io";
    import { tensor } from "@akari/tensor";
    await saveSafetensors("x.safetensors", { x: tensor([1, 2]) });
    const { tensors } = await loadSafetensors("x.safetensors");
    if (JSON.stringify(tensors["x"]?.toArraySync()) !== "[1,2]") throw new Error("safetensors");
  `,
  "@akari/distributions": `
    import { klDivergence, Normal } from "@akari/distributions";
    import { tensor } from "@akari/tensor";
    const normal = new Normal(tensor([1, 2]), 1);
    if (JSON.stringify(klDivergence(normal, new Normal(0, 1)).toArraySync()) !== "[0.5,2]") throw new Error("klDivergence");
    if (normal.sample([3]).shape.join() !== "3,2") throw new Error("sample");
  `,
  "@akari/fft": `
    import { fft, irfft, rfft } from "@akari/fft";
    import { tensor } from "@akari/tensor";
    const x = tensor([1, 2, 3, 4]);
    if (JSON.stringify(irfft(rfft(x)).toArraySync()) !== "[1,2,3,4]") throw new Error("rfft");
    if (JSON.stringify(fft(tensor([[1, 0], [0, 1]])).toArraySync()) !== "[[1,1],[1,-1]]") throw new Error("fft");
  `,
  "@akari/vite": `
    import { akari } from "@akari/vite";
    if (akari({ keep: ["relu"] }).name !== "akari") throw new Error("name");
    try {
      akari({ keep: ["none"] });
    } catch (error) {
      if (!/no such method/.test(String(error))) throw error;
    }
  `,
  akari: `
    import { Adam, compile, crossEntropy, decodeNpz, encodeNpz, manualSeed, nn, noGrad, randn, type Tensor, tensor } from "akari";
    import { webgpu, type WebGpuBackend } from "akari/webgpu";
    manualSeed(0);
    const model: nn.Module = new nn.Linear(4, 2);
    const optimizer = new Adam(model.parameters(), { lr: 0.1 });
    const [x, y] = [randn([8, 4]), tensor([0, 1, 0, 1, 0, 1, 0, 1], { dtype: "int32" })];
    const losses: number[] = [];
    const learn = (images: Tensor, labels: Tensor): Tensor => {
      optimizer.zeroGrad();
      const loss = crossEntropy(model(images), labels);
      loss.backward();
      optimizer.step();
      return loss;
    };
    const compiled = await compile(learn);
    for (let i = 0; i < 30; i++) losses.push((await (i < 15 ? learn : compiled)(x, y).item()) as number);
    if (!(losses.at(-1)! < losses[0]! * 0.8)) throw new Error(\`the loss went from \${losses[0]} to \${losses.at(-1)}\`);
    if (compiled.counts.replayed !== 13) throw new Error("compile");
    const back = await decodeNpz(await encodeNpz({ x: { dtype: "float32", shape: [2], data: new Float32Array([1, 2]) } }, { compress: true }));
    if (back["x"]?.data[1] !== 2) throw new Error("npz");
    const gpu: WebGpuBackend | null = await webgpu().catch(() => null);
    if (gpu !== null && noGrad(() => model(x)).to(gpu).device !== gpu) throw new Error("webgpu");
  `,
};

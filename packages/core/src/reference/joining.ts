/** Named tensors as one vector: one after another in the example's order, each in row-major order. */
import type { Joining, Tensors } from "../engine.ts";
import { demand, elementCount, type ReferenceTensor, sameShape, show, tensor } from "./tensor.ts";

export const joining = (example: Tensors<ReferenceTensor>): Joining<ReferenceTensor> => {
  const shapes = Object.entries(example).map(([name, { shape }]) => ({ name, shape }));
  const total = shapes.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  return {
    join: (tensors) => {
      const data = new Float64Array(total);
      let start = 0;
      for (const { name, shape } of shapes) {
        const own = tensors[name];
        demand(
          own !== undefined && sameShape(own.shape, shape),
          `join ${name}`,
          () => (own === undefined ? "no tensor" : show(own.shape)),
          () => show(shape),
        );
        data.set((own as ReferenceTensor).data, start);
        start += elementCount(shape);
      }
      return tensor([total], data);
    },
    part: (vector) => {
      demand(
        sameShape(vector.shape, [total]),
        "part",
        () => show(vector.shape),
        () => show([total]),
      );
      let start = 0;
      const parts = shapes.map(({ name, shape }) => {
        const end = start + elementCount(shape);
        const data = vector.data.slice(start, end);
        start = end;
        return [name, tensor(shape, data)];
      });
      return Object.fromEntries(parts);
    },
  };
};

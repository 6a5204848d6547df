/** Named tensors as one vector: one after another in the example's order, each in row-major order. */
import type { Joining, Tensors } from "../engine.ts";
import { elements, isSameShape, shapeText } from "../shape.ts";
import { demand, type ReferenceTensor, tensor } from "./tensor.ts";

export const joining = (example: Tensors<ReferenceTensor>): Joining<ReferenceTensor> => {
  const shapes = Object.entries(example).map(([name, { shape }]) => ({ name, shape }));
  const total = shapes.reduce((sum, { shape }) => sum + elements(shape), 0);
  return {
    join: (tensors) => {
      const data = new Float64Array(total);
      let start = 0;
      for (const { name, shape } of shapes) {
        const own = tensors[name];
        demand(
          own !== undefined && isSameShape(own.shape, shape),
          `join ${name}`,
          () => (own === undefined ? "no tensor" : shapeText(own.shape)),
          () => shapeText(shape),
        );
        data.set((own as ReferenceTensor).data, start);
        start += elements(shape);
      }
      return tensor([total], data);
    },
    part: (vector) => {
      demand(
        isSameShape(vector.shape, [total]),
        "part",
        () => shapeText(vector.shape),
        () => shapeText([total]),
      );
      let start = 0;
      const parts = shapes.map(({ name, shape }) => {
        const end = start + elements(shape);
        const data = vector.data.slice(start, end);
        start = end;
        return [name, tensor(shape, data)];
      });
      return Object.fromEntries(parts);
    },
  };
};

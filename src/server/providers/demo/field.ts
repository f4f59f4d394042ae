/** A smooth quantity sampled every `step` pixels and read between its samples: soft things cost less that way. */
export type Field = { step: number; columns: number; rows: number; values: Float32Array };

export function makeField(width: number, height: number, step: number): Field {
  const columns = Math.ceil(width / step) + 2;
  const rows = Math.ceil(height / step) + 2;
  return { step, columns, rows, values: new Float32Array(columns * rows) };
}

/** `compute` is given the pixel coordinates of each sample. */
export function fillField(field: Field, compute: (x: number, y: number) => number) {
  for (let row = 0, i = 0; row < field.rows; row += 1) {
    for (let column = 0; column < field.columns; column += 1, i += 1) {
      field.values[i] = compute(column * field.step, row * field.step);
    }
  }
}

/** The value at a pixel within the field. */
export function fieldAt({ step, columns, values }: Field, x: number, y: number): number {
  const fx = x / step;
  const fy = y / step;
  const column = fx | 0;
  const row = fy | 0;
  const i = row * columns + column;
  const tx = fx - column;
  const a = values[i] ?? 0;
  const c = values[i + columns] ?? 0;
  const top = a + ((values[i + 1] ?? 0) - a) * tx;
  const bottom = c + ((values[i + columns + 1] ?? 0) - c) * tx;
  return top + (bottom - top) * (fy - row);
}

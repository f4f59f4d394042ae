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

/** The values along one row of pixels, written to `out`: a third of the work of asking for each. */
export function fieldRow({ step, columns, values }: Field, y: number, out: Float32Array) {
  const fy = y / step;
  const row = Math.floor(fy);
  const down = fy - row;
  const above = row * columns;
  const valueAt = (column: number) => {
    const a = values[above + column] ?? 0;
    return a + ((values[above + columns + column] ?? 0) - a) * down;
  };
  let from = valueAt(0);
  for (let column = 0, x = 0; x < out.length; column += 1) {
    const to = valueAt(column + 1);
    const rise = (to - from) / step;
    for (let k = 0; k < step && x < out.length; k += 1, x += 1) out[x] = from + rise * k;
    from = to;
  }
}

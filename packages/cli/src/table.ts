/** A table of text with aligned columns. */
export type Alignment = "left" | "right";

/** Pads every cell to its column's width, with two spaces between columns and none at the end of a line. */
export const textTable = (
  rows: readonly (readonly string[])[],
  alignments: readonly Alignment[],
): readonly string[] => {
  const widths = alignments.map((_, column) => Math.max(0, ...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) =>
    widths
      .map((width, column) => {
        const cell = row[column] ?? "";
        return alignments[column] === "right" ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
};

/**
 * Tensors in the authors' files that are not learned. The networks here derive them from their configuration, so
 * they are neither parameters nor unexpected. Their sizes depend only on the nominal image size.
 */

const BUFFERS = [/(^|\.)relative_position_index$/, /(^|\.)attn_mask$/];

/** Whether the tensor of that name is recomputed instead of read. */
export const isBuffer = (name: string): boolean => BUFFERS.some((pattern) => pattern.test(name));

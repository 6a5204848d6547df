/**
 * Tensors in the authors' files that nothing learned: the networks here derive them from their configuration,
 * so that they are neither parameters nor unexpected. Their sizes depend on the nominal image size only.
 */

const BUFFERS = [/(^|\.)relative_position_index$/, /(^|\.)attn_mask$/];

/** Whether the tensor of that name is recomputed rather than read. */
export const isBuffer = (name: string): boolean => BUFFERS.some((pattern) => pattern.test(name));

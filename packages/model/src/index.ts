export { around, convolution, dense, type Layer } from "./layers.ts";
export type { ConditionedNetwork, NetworkInputs } from "./networks/network.ts";
export { predictor } from "./networks/predictor.ts";
export { type ResidualUNetConfig, residualUNet } from "./networks/residual-unet.ts";
export { elements, initialWeights, type ParameterSpec, parameter, parameterCount } from "./parameters.ts";
export { type ReceptiveField, receptiveField } from "./receptive-field.ts";

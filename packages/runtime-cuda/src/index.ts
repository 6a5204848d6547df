export { tensorflow, tensorflowRuntime } from "./tensorflow.ts";

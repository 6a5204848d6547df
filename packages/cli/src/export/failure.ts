/** The errors of an export in the words of the command line. */
import type { ExportError, PartError } from "@tadsr/export";
import { type Failure, modelFailure, modelLine, usageFailure } from "../failure.ts";

export const partFailure = (error: PartError): Failure => {
  switch (error._tag) {
    case "UnknownPart":
      return usageFailure(
        `--part ${error.part}: ${error.model} has none; its parts are ${error.parts.join(", ")}`,
      );
    case "SeveralSteps":
      return usageFailure(
        `--part ${error.part} is one step, but ${error.model} takes ${error.steps}: export --part network, ` +
          "which has the time as an input",
      );
    case "NoTimeInput":
      return usageFailure(
        error.hasTime
          ? `--open-time is for --part network; a ${error.part} has its time built in`
          : `--open-time: ${error.model} is a network without time; leave --open-time out`,
      );
    default:
      return modelLine(error);
  }
};

export const exportFailure = (error: ExportError): Failure => {
  switch (error._tag) {
    case "InvalidSize":
      return usageFailure(`--${error.message}`);
    case "SizeNotOpen":
      return usageFailure(
        `--dynamic: ${error.part} cannot leave the size open (${error.why}); give --size HEIGHTxWIDTH`,
      );
    case "NoWinograd":
      return usageFailure(
        error.because === "open size"
          ? "--winograd cuts pictures of one size into tiles: give --size, not --dynamic"
          : "--winograd loses too much in float16; take one of the two",
      );
    case "UnknownOpset":
      return usageFailure(`--${error.message}`);
    case "NotInFloat16":
      return modelFailure(
        `${error.model}: one of its numbers is ${error.value}, which float16 cannot hold; leave out --dtype float16`,
      );
    case "TooLargeInside":
      return usageFailure(
        `--weights inside: ${(error.bytes / 1e6).toFixed(1)} MB are more than the 2 GB that a file holds; leave it out`,
      );
  }
};

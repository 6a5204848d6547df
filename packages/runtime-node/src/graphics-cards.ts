/** The graphics cards that the system tells of without opening one. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const PCI = "/sys/bus/pci/devices";

/** The class of PCI devices that make pictures. */
const DISPLAY = /^0x03/;

/** What programs of graphics cards are told by the environment. */
const VARIABLES = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES", "CUDA_VISIBLE_DEVICES"] as const;

const textOf = (...path: readonly [string, ...string[]]): string => {
  try {
    return readFileSync(join(...path), "utf8").trim();
  } catch {
    return "";
  }
};

const inFolder = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
};

/**
 * One line for each card with its maker's and its own number, and for what chooses among drivers. On systems other than
 * Linux it has no cards: there a processor and its version of Node must be enough to know a machine again.
 */
export const graphicsCards = (
  environment: Readonly<Record<string, string | undefined>>,
  folder: string = PCI,
): readonly string[] => [
  ...inFolder(folder)
    .filter((card) => DISPLAY.test(textOf(folder, card, "class")))
    .map((card) => `${textOf(folder, card, "vendor")} ${textOf(folder, card, "device")}`),
  ...VARIABLES.filter((name) => environment[name] !== undefined).map(
    (name) => `${name}=${environment[name] ?? ""}`,
  ),
];

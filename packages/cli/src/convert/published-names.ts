/**
 * The published models' names. They are repeated here so that the help does not load the library; a test compares them.
 */
import type { PublishedName } from "@tadsr/model";

export const PUBLISHED_NAMES: readonly PublishedName[] = ["realsr-s15", "sinsr-s1", "tad-sr-s1", "faceir-s4"];

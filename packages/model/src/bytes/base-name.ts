/** The last part of a name that may be a path or an address. */
export const baseName = (name: string): string => /[^/\\]*$/.exec(name)?.[0] ?? name;

/** The version of the command and of what it writes about itself. */
export const VERSION = "0.1.0";

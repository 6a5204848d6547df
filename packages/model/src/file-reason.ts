const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  ENOTDIR: "a part of its path is a file, not a folder",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
  EPERM: "the operation is not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the quota of the disk is used up",
  EFBIG: "a limit on the size of files is reached",
  EEXIST: "it exists already",
  ENAMETOOLONG: "its name is too long",
  EMFILE: "too many files are open",
};

/** The first line of a thrown error's text, without its stack. */
export const firstLine = (thrown: unknown): string => {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return (text.split("\n").find((line) => line.trim() !== "") ?? "unknown error").trim();
};

/** libvips, which sharp calls, gives no code. It quotes what the C library says, after a line with the draft's path. */
const SYSTEM_ERROR = /^(?:system|unix) error: (.+)$/m;

const CODES: Readonly<Record<string, string>> = {
  "No such file or directory": "ENOENT",
  "Permission denied": "EACCES",
  "Read-only file system": "EROFS",
  "No space left on device": "ENOSPC",
  "Disk quota exceeded": "EDQUOT",
  "File too large": "EFBIG",
  "Too many open files": "EMFILE",
};

/** The reason why a file operation failed, in words. */
export const fileReason = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return firstLine(thrown);
  const quoted = SYSTEM_ERROR.exec(thrown.message)?.[1];
  const code = "code" in thrown ? String(thrown.code) : (CODES[quoted ?? ""] ?? "");
  return REASONS[code] ?? quoted ?? firstLine(thrown);
};

/** An error's message of several lines on one: the first, the first detail, and how many more there are. */
export const onOneLine = ({ message }: { readonly message: string }): string => {
  const [first = "", ...details] = message.split("\n").map((line) => line.trim());
  const [detail, ...others] = details;
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return detail === undefined ? first : `${first} ${detail}${more}`;
};

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byteCache } from "../src/byte-cache.ts";

describe("a cache of so many bytes", () => {
  it("keeps what was used last, as much as fits", () => {
    const uses = fc.array(
      fc.record({
        key: fc.integer({ min: 0, max: 6 }),
        put: fc.boolean(),
        bytes: fc.integer({ min: 1, max: 60 }),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(uses, fc.integer({ min: 1, max: 100 }), (steps, limit) => {
        const cache = byteCache<number>(limit);
        // The simple model: a list, with the one used last at the end.
        let kept: { key: number; value: number; bytes: number }[] = [];
        steps.forEach(({ key, put, bytes }, value) => {
          const found = kept.find((one) => one.key === key);
          if (put) {
            cache.put(key, value, bytes);
            kept = kept.filter((one) => one.key !== key);
            if (bytes <= limit) kept.push({ key, value, bytes });
            while (kept.reduce((sum, one) => sum + one.bytes, 0) > limit) kept.shift();
          } else {
            expect(cache.get(key)).toBe(found?.value);
            if (found !== undefined) kept = [...kept.filter((one) => one !== found), found];
          }
          expect(cache.bytes()).toBe(kept.reduce((sum, one) => sum + one.bytes, 0));
          expect(cache.bytes()).toBeLessThanOrEqual(limit);
        });
      }),
    );
  });
});

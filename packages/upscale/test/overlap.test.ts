/** The order in which pieces of work read, compute and write, with moments that the test decides. */
import { describe, expect, it } from "vitest";
import { overlap, type Spell, utilisationOf } from "../src/index.ts";

/** Moments named as `a read`, which happen when the test says so, and a record of what happened. */
const stage = () => {
  const events: string[] = [];
  const waiting = new Map<string, (failure?: Error) => void>();
  const until = (moment: string): Promise<void> => {
    events.push(`${moment} begins`);
    return new Promise((resolve, reject) => {
      waiting.set(moment, (failure) => (failure === undefined ? resolve() : reject(failure)));
    });
  };
  /** Lets it happen, and all that follows from it; what happened since, in order. */
  const happen = async (moment?: string, failure?: Error): Promise<readonly string[]> => {
    const from = events.length;
    if (moment !== undefined) {
      const end = waiting.get(moment);
      if (end === undefined) throw new Error(`nothing waits for ${moment}`);
      waiting.delete(moment);
      end(failure);
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
    return events.slice(from);
  };
  return { events, until, happen };
};

const start = (jobs: readonly string[], unreadable: readonly string[] = []) => {
  const { until, happen, events } = stage();
  const time = { now: 0 };
  const seconds: Record<string, number> = {};
  const ended = overlap(
    jobs,
    async (job, { compute }) => {
      await until(`${job} read`);
      if (unreadable.includes(job)) return "unreadable";
      await compute(() => until(`${job} computed`));
      await until(`${job} written`);
      return "written";
    },
    (job, outcome, taken) => {
      events.push(`${job} ${outcome}`);
      seconds[job] = taken;
    },
    () => time.now,
  );
  return { ended, happen, events, time, seconds };
};

describe("overlapped work", () => {
  it("reads the next and writes the one before while one computes", async () => {
    const { happen, ended, events } = start(["a", "b", "c"]);
    expect(events).toEqual(["a read begins"]);
    expect(await happen("a read")).toEqual(["a computed begins", "b read begins"]);
    // Read, it waits; and no third is read while it does.
    expect(await happen("b read")).toEqual([]);
    expect(new Set(await happen("a computed"))).toEqual(
      new Set(["a written begins", "b computed begins", "c read begins"]),
    );
    expect(await happen("c read")).toEqual([]);
    expect(await happen("a written")).toEqual(["a written"]);
    expect(new Set(await happen("b computed"))).toEqual(new Set(["b written begins", "c computed begins"]));
    expect(await happen("c computed")).toEqual([]);
    expect(await happen("b written")).toEqual(["b written", "c written begins"]);
    expect(await happen("c written")).toEqual(["c written"]);
    await ended;
  });

  it("lets none compute while two are still to be written", async () => {
    const { happen } = start(["a", "b", "c"]);
    await happen();
    for (const moment of ["a read", "b read", "a computed", "c read"]) await happen(moment);
    // a is being written, b is computed and waits for that; c has been read and waits for the engine.
    expect(await happen("b computed")).toEqual([]);
    expect(new Set(await happen("a written"))).toEqual(
      new Set(["a written", "b written begins", "c computed begins"]),
    );
  });

  it("tells in the order of the jobs, whichever ends first, and goes on after those that fail", async () => {
    const { happen, ended } = start(["a", "b", "c", "d"], ["b", "d"]);
    await happen();
    await happen("a read");
    // b fails while a computes: c is read in its place, but nothing is told of b before a.
    expect(await happen("b read")).toEqual(["c read begins"]);
    expect(await happen("c read")).toEqual([]);
    expect(new Set(await happen("a computed"))).toEqual(
      new Set(["a written begins", "c computed begins", "d read begins"]),
    );
    expect(await happen("d read")).toEqual([]);
    expect(await happen("a written")).toEqual(["a written", "b unreadable"]);
    expect(await happen("c computed")).toEqual(["c written begins"]);
    expect(await happen("c written")).toEqual(["c written", "d unreadable"]);
    await ended;
  });

  it("gives each what it added to the time of all, and says where the time went", async () => {
    const { happen, ended, time, seconds } = start(["a", "b"]);
    const at = async (now: number, moment?: string): Promise<void> => {
      time.now = now;
      await happen(moment);
    };
    await at(0);
    await at(1, "a read");
    await at(4, "a computed");
    // The engine waits for b to be read, while a is written.
    await at(5, "a written");
    await at(6, "b read");
    await at(10, "b computed");
    await at(12, "b written");
    expect(await ended).toEqual({ total: 12, computing: 7, awaitingReads: 3, awaitingWrites: 2 });
    expect(seconds).toEqual({ a: 4, b: 8 });
  });

  it("counts the wait for the one before to be written, and does so once", async () => {
    const { happen, ended, time, seconds } = start(["a", "b", "c"]);
    const at = async (now: number, moment?: string): Promise<void> => {
      time.now = now;
      await happen(moment);
    };
    await at(0);
    await at(0, "a read");
    await at(1, "b read");
    await at(2, "a computed");
    await at(3, "c read");
    await at(5, "b computed");
    await at(9, "a written");
    await at(10, "b written");
    await at(14, "c computed");
    await at(15, "c written");
    expect(await ended).toEqual({ total: 15, computing: 10, awaitingReads: 0, awaitingWrites: 5 });
    expect(seconds).toEqual({ a: 2, b: 7, c: 6 });
  });

  it("ends at once where there is nothing to do", async () => {
    const { ended } = start([]);
    expect(await ended).toEqual({ total: 0, computing: 0, awaitingReads: 0, awaitingWrites: 0 });
  });

  it("begins nothing more after a defect, and passes it on when what was begun has ended", async () => {
    const { happen, ended, events } = start(["a", "b", "c", "d"]);
    const outcome = ended.then(
      () => "no rejection",
      (error: Error) => error.message,
    );
    let isOver = false;
    void outcome.then(() => {
      isOver = true;
    });
    await happen();
    await happen("a read");
    await happen("a computed", new Error("a defect"));
    await happen("b read");
    expect(isOver).toBe(false);
    await happen("b computed");
    expect(await outcome).toBe("a defect");
    expect(events.filter((event) => /^[cd]/.test(event))).toEqual([]);
  });

  it("tells a job when all before it have been written", async () => {
    const { until, happen, events } = stage();
    const ended = overlap(
      ["a", "b"],
      async (job, { compute, afterOthers }) => {
        if (job === "b") await afterOthers;
        await until(`${job} read`);
        await compute(async () => undefined);
        await until(`${job} written`);
      },
      (job) => void events.push(`${job} told`),
    );
    await happen();
    expect(await happen("a read")).toEqual(["a written begins"]);
    expect(await happen("a written")).toEqual(["a told", "b read begins"]);
    await happen("b read");
    await happen("b written");
    await ended;
  });
});

describe("the utilisation", () => {
  it("adds up to the whole time", () => {
    const spells: readonly Spell[] = [
      { began: 2, computed: 7, left: 7 },
      { began: 7.5, computed: 9, left: 12 },
    ];
    expect(utilisationOf(spells, 1, 20)).toEqual({
      total: 19,
      computing: 6.5,
      awaitingReads: 1.5,
      awaitingWrites: 11,
    });
  });
});

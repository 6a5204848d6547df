/** The laws of the algebra on every runtime for Node. */
import { describeLaws } from "@tadsr/laws";
import { runtimes } from "@tadsr/runtime-node";

for (const runtime of Object.values(runtimes)) describeLaws(runtime);

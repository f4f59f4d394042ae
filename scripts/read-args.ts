import { parseArgs, type ParseArgsConfig } from 'node:util';
import { reasonOf } from './say.ts';

/**
 * What was asked for on the command line.
 * @param use How it is written, said where it was written otherwise. The process then exits with 2: nothing was done.
 * @param places How many words may stand without an option.
 */
export function readArgs<const Options extends NonNullable<ParseArgsConfig['options']>>(
  use: string,
  options: Options,
  places = 0,
) {
  try {
    const parsed = parseArgs({ options, allowPositionals: true });
    const [extra] = parsed.positionals.slice(places);
    if (extra === undefined) return parsed;
    throw new Error(`Unexpected argument '${extra}'.`);
  } catch (error) {
    const reason = reasonOf(error).split('. ')[0]?.replace(/\.$/, '') ?? '';
    console.error(`afterimage: ${reason}. Use: ${use}`);
    process.exit(2);
  }
}

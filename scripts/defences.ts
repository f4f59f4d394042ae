/**
 * The hostile cases of identity, isolation and abuse: each with one defence to take out of the sources, and the test
 * that fails then. `npm run test:defences` takes out one after the other in a copy and shows it; `defences.test.ts`
 * holds the list against the sources, so that it cannot grow old.
 */
export type Defence = {
  /** What somebody tries. */
  threat: string;
  file: string;
  from: string;
  to: string;
  /** The file of the test and the beginning of its name. Journeys need a browser and a build: they are named only. */
  shownBy: { file: string; test: string };
};

const AUTH = 'src/server/auth';
const ACCOUNT = 'src/server/account';
const CLAIM = 'src/server/claim/claim.pg.test.ts';
const SESSIONS = { file: `${AUTH}/sessions.ts`, shownIn: `${AUTH}/sessions.pg.test.ts` };
const SIGN_IN = `${ACCOUNT}/sign-in.pg.test.ts`;
const CHANGE = `${ACCOUNT}/change.pg.test.ts`;
const NEXT_AUTH = `${AUTH}/next-auth.pg.test.ts`;
const HOSTILE = 'src/server/http/hostile.pg.test.ts';

export const DEFENCES: readonly Defence[] = [
  {
    threat: 'the cookie of a session that was ended',
    file: SESSIONS.file,
    from: 'and(isNull(authSessions.revokedAt), gt(authSessions.absoluteExpiresAt, now))',
    to: 'gt(authSessions.absoluteExpiresAt, now)',
    shownBy: { file: SESSIONS.shownIn, test: 'a session that was ended, by itself or with the others' },
  },
  {
    threat: 'a session that is used for ever',
    file: SESSIONS.file,
    from: 'and(isNull(authSessions.revokedAt), gt(authSessions.absoluteExpiresAt, now))',
    to: 'isNull(authSessions.revokedAt)',
    shownBy: { file: SESSIONS.shownIn, test: 'a session ends by itself, and use does not prolong it' },
  },
  {
    threat: 'a session id under another account’s name',
    file: SESSIONS.file,
    from: 'eq(authSessions.userId, token.sub), ',
    to: '',
    shownBy: { file: SESSIONS.shownIn, test: 'a session id of one account does not open another' },
  },
  {
    threat: 'session fixation: a cookie that was planted before the sign-in',
    file: `${ACCOUNT}/sessions.ts`,
    from: "if (actor.type === 'user') await revokeSession(tx, now, actor.userId, actor.device);",
    to: '',
    shownBy: { file: SIGN_IN, test: 'each sign-in is a session of its own' },
  },
  {
    threat: 'a stolen database of guests',
    file: `${AUTH}/guest.ts`,
    from: "createHash('sha256').update(token).digest()",
    to: 'Buffer.from(token)',
    shownBy: { file: `${AUTH}/guest.pg.test.ts`, test: 'the token opens its library' },
  },
  {
    threat: 'a script that reads the credential',
    file: `${AUTH}/cookies.ts`,
    from: '`${name}=${value}; HttpOnly; ${attributes(seconds)}`',
    to: '`${name}=${value}; ${attributes(seconds)}`',
    shownBy: { file: `${AUTH}/guest.pg.test.ts`, test: 'the credential is out of reach of scripts' },
  },
  {
    threat: 'a cookie of a neighbouring host under almost the same name',
    file: `${AUTH}/cookies.ts`,
    from: '.split(/; ?/)',
    to: ".split(';').map((part) => part.trim())",
    shownBy: { file: `${AUTH}/guest.pg.test.ts`, test: 'a cookie named "%s" is not the guest’s' },
  },
  {
    threat: 'a tab that speaks for the library of the owner before',
    file: `${AUTH}/actor.ts`,
    from: '  requireOwner(identity, named);\n  return identity;',
    to: '  return identity;',
    shownBy: { file: `${AUTH}/guest.pg.test.ts`, test: 'a request that means another library' },
  },
  {
    threat: 'cheap guesses at stolen hashes',
    file: `${AUTH}/passwords.ts`,
    from: 'memoryCost: 19_456',
    to: 'memoryCost: 64',
    shownBy: { file: `${AUTH}/passwords.test.ts`, test: 'a hash is argon2id at the agreed cost' },
  },
  {
    threat: 'memory exhausted by many sign-ins at once',
    file: `${AUTH}/passwords.ts`,
    from: 'waiting.length < MAX_WAITING',
    to: 'waiting.length < Infinity',
    shownBy: { file: `${AUTH}/passwords.test.ts`, test: 'beyond those that wait' },
  },
  {
    threat: 'slow bodies that keep everybody else out',
    file: 'src/server/http/body.ts',
    from: 'if (rival.since > before || !isRival(rival)) continue;',
    to: 'continue;',
    shownBy: {
      file: 'src/server/http/body.test.ts',
      test: 'where there is no room, what has been coming for long',
    },
  },
  {
    threat: 'mails to somebody else that keep them from their own',
    file: `${ACCOUNT}/sign-in.ts`,
    from: "await server.limits.take('mail', `${email} ${network ?? ''}`);",
    to: "await server.limits.take('mail', email);",
    shownBy: { file: SIGN_IN, test: 'who has mails sent to somebody else’s address' },
  },
  {
    threat: 'an answer that tells who has an account',
    file: `${ACCOUNT}/sign-in.ts`,
    from: 'if (!(await checkPassword(user?.passwordHash ?? null, password)) || !user) {',
    to: "if (!user) throw new AppError('NOT_FOUND', 'No such account.');\n  if (!(await checkPassword(user.passwordHash, password))) {",
    shownBy: { file: SIGN_IN, test: 'a wrong password and an unknown address are told alike' },
  },
  {
    threat: 'guesses at one account',
    file: `${ACCOUNT}/sign-in.ts`,
    from: "await server.limits.take('signIn', attempt);",
    to: '',
    shownBy: { file: SIGN_IN, test: 'the sixth wrong password within minutes' },
  },
  {
    threat: 'guesses at many accounts from one network',
    file: `${ACCOUNT}/sign-in.ts`,
    from: "await server.limits.take('signInFrom', network);",
    to: '',
    shownBy: { file: HOSTILE, test: 'who guesses at many accounts from one network is stopped' },
  },
  {
    threat: 'a forged X-Forwarded-For',
    file: 'src/server/http/address.ts',
    from: 'chain[Math.max(0, chain.length - 1 - proxies)]',
    to: 'chain[0]',
    shownBy: { file: 'src/server/http/address.test.ts', test: 'without a proxy the header is not believed' },
  },
  {
    threat: 'guests without number',
    file: `${AUTH}/actor.ts`,
    from: "await server.limits.take('guest', identity.network);",
    to: '',
    shownBy: { file: 'src/server/limits.pg.test.ts', test: 'new guests are counted by network' },
  },
  {
    threat: 'rows made by robots that only read',
    file: 'src/server/trpc/init.ts',
    from: '.use(({ ctx, next }) => next({ ctx: { ...ctx, library: libraryOf(ctx) } }));',
    to: '.use(async ({ ctx, next }) => { await ensureOwner(ctx.server, ctx.identity); return next({ ctx: { ...ctx, library: libraryOf(ctx) } }); });',
    shownBy: { file: 'src/server/trpc/api.pg.test.ts', test: 'a thousand readers without a cookie' },
  },
  {
    threat: 'several guests out of one first write',
    file: 'src/client/session.ts',
    from: "const library = await withLock('afterimage:guest', async () => {",
    to: 'const alone = (work: () => Promise<LibraryId>) => work();\n    const library = await alone(async () => {',
    shownBy: { file: 'src/client/session.test.ts', test: 'two tabs that write at once' },
  },
  {
    threat: 'a stolen database of links',
    file: `${AUTH}/tokens.ts`,
    from: 'tokenHash: hashOf(token),',
    to: 'tokenHash: Buffer.from(token),',
    shownBy: { file: SIGN_IN, test: 'a link holds for ten minutes' },
  },
  {
    threat: 'an old link',
    file: `${AUTH}/tokens.ts`,
    from: 'and(eq(verificationTokens.tokenHash, hashOf(token)), gt(verificationTokens.expiresAt, now))',
    to: 'eq(verificationTokens.tokenHash, hashOf(token))',
    shownBy: { file: SIGN_IN, test: 'a link holds for ten minutes' },
  },
  {
    threat: 'a link used for something else',
    file: `${AUTH}/tokens.ts`,
    from: 'if (errand && isFor(errand, purposes)) return errand;',
    to: 'if (errand) return errand as Extract<Errand, { for: P }>;',
    shownBy: { file: SIGN_IN, test: 'a link holds for ten minutes' },
  },
  {
    threat: 'an intruder who stays through a reset of the password',
    file: `${ACCOUNT}/reset.ts`,
    from: 'await revokeSessions(tx, now, userId, null);',
    to: '',
    shownBy: { file: CHANGE, test: 'a reset also ends the sessions of an account' },
  },
  {
    threat: 'a password that is changed in a browser left open',
    file: `${ACCOUNT}/change.ts`,
    from: "if (!(await checkPassword(user.passwordHash, password ?? ''))) {",
    to: 'if (password === null) {',
    shownBy: { file: CHANGE, test: 'changing the password asks for the old one' },
  },
  {
    threat: 'an account made in wait for the owner of its address',
    file: `${ACCOUNT}/users.ts`,
    from: 'await revokeSessions(tx, now, userId, null);',
    to: '',
    shownBy: { file: SIGN_IN, test: 'who waited in an account with somebody else’s address' },
  },
  {
    threat: 'a link that was asked for in wait for the owner of an address',
    file: `${ACCOUNT}/users.ts`,
    from: 'await dropTokens(tx, userId);',
    to: '',
    shownBy: { file: CHANGE, test: 'a change of address that somebody asked for before the owner came' },
  },
  {
    threat: 'an address whose owner presses a link that somebody else asked for',
    file: `${ACCOUNT}/change.ts`,
    from: 'if (errand.userId !== userId) {',
    to: 'if (errand.userId === null) {',
    shownBy: { file: CHANGE, test: 'an address is changed once its mailbox has answered' },
  },
  {
    threat: 'words of a stranger in a mail of this server',
    file: `${ACCOUNT}/users.ts`,
    from: '(emailVerified && name?.replaceAll',
    to: '(name?.replaceAll',
    shownBy: { file: CHANGE, test: 'mails greet by name who has shown to own the address' },
  },
  {
    threat: 'a provider that vouches for somebody else’s address',
    file: `${ACCOUNT}/providers.ts`,
    from: 'const userId = known ?? (await createLinked(tx, visit, person));',
    to: "const taken = await findUserByEmail(tx, person.email ?? '');\n    const userId = known ?? taken?.id ?? (await createLinked(tx, visit, person));",
    shownBy: { file: NEXT_AUTH, test: 'an account with the same address is not taken over' },
  },
  {
    threat: 'a provider linked in a browser left open',
    file: `${AUTH}/next-auth.ts`,
    from: "if (isLink && actor.type === 'user') await confirmOwner(visit, actor, password, 'password');",
    to: '',
    shownBy: { file: NEXT_AUTH, test: 'a link asks for the password' },
  },
  {
    threat: 'a link to a provider that another session asked for',
    file: `${AUTH}/next-auth.ts`,
    from: "actor.type === 'user' && actor.device === device ? actor : null",
    to: "actor.type === 'user' ? actor : null",
    shownBy: { file: NEXT_AUTH, test: 'a link for one session is not made in another' },
  },
  {
    threat: 'a provider linked by a session that was ended while it was at the provider',
    file: `${ACCOUNT}/providers.ts`,
    from: 'if (!(await goesOn(tx, visit.server.now(), userId, device))) {',
    to: 'if (!(await lockUser(tx, userId))) {',
    shownBy: {
      file: `${ACCOUNT}/providers.pg.test.ts`,
      test: 'a session that was ended while its owner was at the provider links nobody',
    },
  },
  {
    threat: 'a way back that leads to another site',
    file: `${AUTH}/next-auth.ts`,
    from: "const isOwn = origin === new URL(site).origin && !pathname.startsWith('//');",
    to: 'const isOwn = origin === new URL(site).origin;',
    shownBy: { file: NEXT_AUTH, test: 'a browser comes back to this site alone' },
  },
  {
    threat: 'a foreign page that signs a browser in and carries its guest’s library off',
    file: 'src/server/claim/account.ts',
    from: 'if (session?.beganHere) return;',
    to: 'if (session) return;',
    shownBy: { file: CLAIM, test: 'a sign-in that did not begin in this browser' },
  },
  {
    threat: 'a second account that claims the same guest',
    file: 'src/server/claim/claim.ts',
    from: 'and(eq(claims.userId, userId), eq(claims.fromLibrary, library), isNull(claims.undoneAt))',
    to: 'and(eq(claims.fromLibrary, library), isNull(claims.undoneAt))',
    shownBy: { file: CLAIM, test: 'a claim is made once' },
  },
  {
    threat: 'a claim of an account that is not the own, taken back',
    file: 'src/server/claim/undo.ts',
    from: 'and(eq(claims.id, claimId), eq(claims.userId, userId))',
    to: 'eq(claims.id, claimId)',
    shownBy: { file: 'src/server/claim/undo.pg.test.ts', test: 'a claim is undone by its account alone' },
  },
  {
    threat: 'a write that another site makes a browser send',
    file: 'src/server/http/guard.ts',
    from: "if (foreign) throw new AppError('FORBIDDEN', 'Requests from other sites are refused.');",
    to: '',
    shownBy: { file: HOSTILE, test: 'no write is taken from another origin' },
  },
  {
    threat: 'a form that passes for JSON',
    file: 'src/server/http/guard.ts',
    from: 'if (hasBody(request) && sent.trim().toLowerCase() !== contentType) {',
    to: "if (sent.startsWith('text/')) {",
    shownBy: { file: HOSTILE, test: 'no write is taken from another origin' },
  },
  {
    threat: 'a thousand calls in one request',
    file: 'src/server/trpc/handler.ts',
    from: 'maxBatchSize: MAX_BATCH,',
    to: '',
    shownBy: { file: HOSTILE, test: 'a batch of a thousand calls' },
  },
  {
    threat: 'a cache between two people',
    file: 'src/server/http/serve-bytes.ts',
    from: "'Cache-Control': 'private, no-cache'",
    to: "'Cache-Control': 'max-age=3600'",
    shownBy: { file: HOSTILE, test: 'through a cache that people share' },
  },
  {
    threat: 'a stream that goes on after the sign-out',
    file: 'src/server/sync/stream.ts',
    from: 'if (signal?.aborted || !(await isAllowed())) return;',
    to: 'if (signal?.aborted) return;',
    shownBy: { file: 'src/server/sync/stream.pg.test.ts', test: 'a stream ends when its session does' },
  },
  {
    threat: 'a stream that hears of its end a minute later',
    file: `${ACCOUNT}/sessions.ts`,
    from: 'if (library) await sendPoke(server.db, library);',
    to: '',
    shownBy: { file: `${ACCOUNT}/devices.pg.test.ts`, test: '%s ends the stream of the other device' },
  },
  {
    threat: 'a statement that forgets whose rows it means',
    file: 'drizzle/0001_guard.sql',
    from: 'USING (library_id = (select current_library()))',
    to: 'USING (true)',
    shownBy: { file: 'src/server/db/doors.pg.test.ts', test: 'inside a door, %s without a filter' },
  },
  {
    threat: 'a table whose owner walks past its policies',
    file: 'drizzle/0001_guard.sql',
    from: "EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', owned);",
    to: '',
    shownBy: {
      file: 'src/server/claim/owned-tables.pg.test.ts',
      test: 'every table of a library is in every list',
    },
  },
];

/** Shown in a browser, with a build of its own: named here, not run by the script. */
export const JOURNEYS: readonly Pick<Defence, 'threat' | 'shownBy'>[] = [
  {
    threat: 'B finds something of A on the same browser (leftover databases, sign-out that deletes nothing)',
    shownBy: { file: 'e2e/account-switch.spec.ts', test: '${way}, and B signs in on the same browser' },
  },
  {
    threat: 'a device that goes on showing a library after it was signed out everywhere',
    shownBy: {
      file: 'e2e/account-switch.spec.ts',
      test: 'signing out everywhere ends the other device’s stream',
    },
  },
  {
    threat: 'a guest’s library that is painted for the account it was kept apart from',
    shownBy: { file: 'e2e/guest-claim.spec.ts', test: 'kept apart, the guest’s library stays' },
  },
  {
    threat: 'a script that somebody smuggles into a page',
    shownBy: { file: 'e2e/headers.spec.ts', test: 'a script that somebody smuggles into the page' },
  },
];

const WHEN = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

export const Moment = ({ at }: { at: string }) => <time dateTime={at}>{WHEN.format(new Date(at))}</time>;

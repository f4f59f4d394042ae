/** Mail goes out by SMTP; nothing else leaves this server by itself. */
import { createTransport } from 'nodemailer';
import type { Env } from '#env';
import { AppError } from '#core/errors.ts';
import { log } from './log.ts';

/** The body is plain text; one address, alone on a line, becomes a link in its HTML form. */
export type Message = { to: string; subject: string; text: string };

export type Mail = {
  /** sent: by SMTP. shown: development without SMTP, where links are printed and shown. none: there are no mails. */
  mode: 'sent' | 'shown' | 'none';
  /** @throws AppError UNAVAILABLE when the mail server does not take it, FORBIDDEN when there is none */
  send(message: Message): Promise<void>;
};

type Settings = Pick<Env, 'SMTP_URL' | 'MAIL_FROM' | 'NEXTAUTH_URL'>;

const PATIENCE = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };

/** @param development Whether links may be printed and shown to whoever asks, when there is no SMTP_URL. */
export function createMail(
  { SMTP_URL, MAIL_FROM, NEXTAUTH_URL }: Settings,
  development = process.env.NODE_ENV === 'development',
): Mail {
  if (!SMTP_URL) return development ? SHOWN : NONE;
  const host = NEXTAUTH_URL === undefined ? 'localhost' : new URL(NEXTAUTH_URL).hostname;
  const from = MAIL_FROM ?? `Afterimage <no-reply@${host}>`;
  const transport = createTransport({ url: SMTP_URL, ...PATIENCE });
  return {
    mode: 'sent',
    async send({ to, subject, text }) {
      try {
        await transport.sendMail({ from, to: { name: '', address: to }, subject, text, html: toHtml(text) });
      } catch (cause) {
        log.error('mail could not be sent', new Error(codesOf(cause)));
        throw new AppError('UNAVAILABLE', 'The mail could not be sent. Try again in a few minutes.', {
          cause,
        });
      }
    },
  };
}

/** Codes alone: what a mail server says of a refusal may name the person. */
function codesOf(cause: unknown): string {
  const codes = ['code', 'responseCode', 'command'].map((name) => Reflect.get(Object(cause), name));
  return codes.filter((code) => typeof code === 'string' || typeof code === 'number').join(' ');
}

const SHOWN: Mail = {
  mode: 'shown',
  async send({ to, subject, text }) {
    log.info(`no SMTP_URL, so this is printed instead\nTo: ${to}\nSubject: ${subject}\n\n${text}`);
  },
};

const NONE: Mail = {
  mode: 'none',
  async send() {
    throw noMail();
  },
};

export const noMail = () =>
  new AppError('FORBIDDEN', 'This server sends no mail. Whoever runs it can set SMTP_URL.');

const escape = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

export function toHtml(text: string): string {
  const paragraphs = text.split(/\n{2,}/).map((paragraph) => {
    const safe = escape(paragraph.trim());
    return /^https?:\/\/\S+$/.test(safe) ? `<p><a href="${safe}">${safe}</a></p>` : `<p>${safe}</p>`;
  });
  const style = 'font: 16px/1.5 system-ui, sans-serif; max-width: 34em';
  return `<!doctype html><html lang="en"><body style="${style}">${paragraphs.join('\n')}</body></html>`;
}

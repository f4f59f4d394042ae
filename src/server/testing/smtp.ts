/** A mail server on loopback that takes everything and sends nothing on: a stand-in for the operator's. */
import { createServer, type Socket } from 'node:net';
import { createMail, type Mail } from '../mail.ts';

export type Received = { to: string; subject: string; text: string; link: string | null };

export type MailBox = {
  mail: Mail;
  /** All mails to an address, oldest first. */
  to: (address: string) => Received[];
  /** The token of the newest link that was mailed. */
  tokenFor: (address: string) => string;
  close: () => Promise<void>;
};

export async function openMailBox(): Promise<MailBox> {
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    talk(socket, (to, data) => received.push(parseMail(to, data)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the mail server has no port');
  const to = (address: string) => received.filter((mail) => mail.to === address);
  return {
    mail: createMail({ SMTP_URL: `smtp://127.0.0.1:${address.port}` }, false),
    to,
    tokenFor: (address) => {
      const token = to(address)
        .findLast(({ link }) => link !== null)
        ?.link?.split('#')[1];
      if (!token) throw new Error(`no link was mailed to ${address}`);
      return token;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** As much of RFC 5321 as a client needs to hand a mail over. */
function talk(socket: Socket, onMail: (to: string, data: string) => void) {
  let buffer = '';
  let to = '';
  let isData = false;
  socket.write('220 stand-in\r\n');
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    buffer += chunk.toString();
    for (;;) {
      const end = buffer.indexOf(isData ? '\r\n.\r\n' : '\r\n');
      if (end < 0) return;
      const line = buffer.slice(0, end);
      buffer = buffer.slice(end + (isData ? 5 : 2));
      if (isData) onMail(to, line);
      else if (/^RCPT TO:/i.test(line)) to = /<(.*)>/.exec(line)?.[1] ?? '';
      const begins = !isData && /^DATA/i.test(line);
      isData = begins;
      socket.write(begins ? '354 go on\r\n' : '250 ok\r\n');
    }
  });
}

function parseMail(to: string, data: string): Received {
  const part = /Content-Type: text\/plain[\s\S]*?\r\n\r\n([\s\S]*?)\r\n----/.exec(data)?.[1] ?? '';
  const isQuoted = /text\/plain[^\r]*\r\nContent-Transfer-Encoding: quoted-printable/.test(data);
  const text = isQuoted
    ? part
        .replaceAll('=\r\n', '')
        .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : part;
  const subject = /^Subject: (.*)$/m.exec(data)?.[1]?.trim() ?? '';
  return { to, subject, text, link: /^https?:\S+#\S+$/m.exec(text)?.[0] ?? null };
}

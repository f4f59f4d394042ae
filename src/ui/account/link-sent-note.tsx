import { useSignInMethods } from '#client/use-account.ts';
import { Button, buttonClass } from '../kit/button.tsx';

/** After a link was asked for. It says the same whether the address has an account or not. */
export function LinkSentNote({
  email,
  shownLink,
  onBack,
}: {
  email: string;
  shownLink: string | null;
  onBack: () => void;
}) {
  const { value: methods } = useSignInMethods();
  return (
    <div role="status" className="flex flex-col gap-4">
      {shownLink ? (
        <>
          <p>
            This is a development server without mail, so the link is shown here. It is also on the server’s
            console.
          </p>
          <a href={shownLink} className={buttonClass('primary')}>
            Open the link
          </a>
        </>
      ) : methods?.mail === false ? (
        <p>
          This is a development server without mail: a link would be shown here, and there is none for{' '}
          <span className="font-medium break-all">{email}</span>.
        </p>
      ) : (
        <p>
          If <span className="font-medium break-all">{email}</span> can receive mail, a link is on its way.
          Open it in this browser within 10 minutes. Look in the spam folder if it does not come.
        </p>
      )}
      <Button onClick={onBack}>Use another address</Button>
    </div>
  );
}

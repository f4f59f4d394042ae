import Link from 'next/link';
import type { FieldRow, OperationRow, Reference } from '#core/api-reference.ts';

const START = `# The cookie jar is the owner: the first write makes a guest.
curl -c jar -b jar -H 'Content-Type: application/json' \\
  -d '{"kind":"image","prompt":"a lighthouse at dawn","count":2}' \\
  http://localhost:3000/api/v1/generations

# Ask for it by the id of the answer, then read the files that it names.
curl -b jar http://localhost:3000/api/v1/generations/ID
curl -b jar -o picture.jpg http://localhost:3000/media/MEDIA_ID/original`;

export function ApiReference({ reference }: { reference: Reference }) {
  const tags = [...new Set(reference.operations.map((operation) => operation.tag))];
  return (
    <main className="mx-auto max-w-3xl px-4 py-10 text-body">
      <Link href="/" className="text-quiet hover:text-text">
        Afterimage
      </Link>
      <h1 className="mt-2 text-title font-medium">API</h1>
      <p className="mt-3 max-w-prose text-quiet">{reference.description}</p>
      <p className="mt-3 max-w-prose text-quiet">
        Addresses are below <code>/api/v1</code> unless they start with <code>/media/</code> and a role. The
        same as a document for tools:{' '}
        <a className="text-accent-text underline" href="/api/v1/openapi.json">
          openapi.json
        </a>
        . Every failure is <code>{'{ "error": { "code", "message", "field" } }'}</code>.
      </p>
      <pre className="mt-5 break-words whitespace-pre-wrap rounded-panel border border-line bg-sunken p-4 text-note">
        {START}
      </pre>
      {tags.map((tag) => (
        <section key={tag} aria-labelledby={`tag-${tag}`} className="mt-10">
          <h2 id={`tag-${tag}`} className="text-lead font-medium capitalize">
            {tag}
          </h2>
          {reference.operations
            .filter((operation) => operation.tag === tag)
            .map((operation) => (
              <Operation key={operation.id} operation={operation} />
            ))}
        </section>
      ))}
      <section aria-labelledby="settings" className="mt-10">
        <h2 id="settings" className="text-lead font-medium">
          Settings
        </h2>
        {reference.settings.map(({ name, fields }) => (
          <article key={name} className="mt-5 border-t border-line pt-4">
            <h3 className="font-medium">{name}</h3>
            <Fields fields={fields} />
          </article>
        ))}
      </section>
    </main>
  );
}

function Operation({ operation }: { operation: OperationRow }) {
  return (
    <article id={operation.id} className="mt-5 border-t border-line pt-4">
      <h3 className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <code className="font-medium text-accent-text">{operation.method}</code>
        <code className="break-all">{operation.path}</code>
        <span className="text-note text-quiet">answers {operation.answers}</span>
      </h3>
      <p className="mt-1">{operation.summary}.</p>
      {operation.description && <p className="mt-1 max-w-prose text-quiet">{operation.description}</p>}
      <Fields fields={operation.fields} />
    </article>
  );
}

function Fields({ fields }: { fields: FieldRow[] }) {
  if (fields.length === 0) return null;
  return (
    <dl className="mt-3 grid gap-x-4 gap-y-2 sm:grid-cols-[12rem_1fr]">
      {fields.map((field) => (
        <div key={`${field.where} ${field.name}`} className="contents">
          <dt>
            <code>{field.name}</code>
            <span className="ml-2 text-note text-quiet">
              {field.where}
              {field.required ? ', required' : ''}
            </span>
          </dt>
          <dd className="min-w-0 break-words text-quiet">
            <code>{field.type}</code> {field.note}
          </dd>
        </div>
      ))}
    </dl>
  );
}

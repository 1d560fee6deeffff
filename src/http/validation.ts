import { ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { Problem, type ProblemError } from './problem.js';

/** Most faults told of one request. */
const MAX_ERRORS = 50;
const LONG_NUMBER = /[0-9]{12,}/g;

/** A name as part of a JSON pointer (RFC 6901). A caller's name is cut, and shows no long numbers. */
function pointerPart(name: string): string {
  const shown = name.slice(0, 64).replace(LONG_NUMBER, '…');
  return shown.replaceAll('~', '~0').replaceAll('/', '~1');
}

function* faultsOf(error: ValidationError, parent: string): Generator<ProblemError> {
  const pointer = `${parent}/${pointerPart(error.property)}`;
  const isUnknown = error.constraints?.['whitelistValidation'] !== undefined;
  if (error.value === undefined && !isUnknown && error.constraints !== undefined) {
    // Every rule of a field that is not there fails; one sentence says why.
    yield { pointer, detail: `${pointerPart(error.property)} is missing` };
    return;
  }
  for (const [rule, message] of Object.entries(error.constraints ?? {})) {
    // The standard message of this rule repeats the caller's name of the field.
    const detail = rule === 'whitelistValidation' ? 'there is no such field' : message;
    yield { pointer, detail };
  }
  for (const child of error.children ?? []) yield* faultsOf(child, pointer);
}

function firstFaults(errors: readonly ValidationError[]): ProblemError[] {
  return Iterator.from(errors)
    .flatMap((error) => faultsOf(error, ''))
    .take(MAX_ERRORS)
    .toArray();
}

function refusalOf(errors: readonly ValidationError[], type: ArgumentMetadata['type']): Problem {
  const faults = firstFaults(errors);
  if (type === 'body') return new Problem('body_invalid', { errors: faults });
  const parameters = faults.map(({ pointer = '', detail }) => ({
    parameter: pointer.slice(1),
    detail,
  }));
  return new Problem('parameter_invalid', { errors: parameters });
}

/** Checks bodies and queries by their classes: nothing unknown, nothing converted, nothing guessed. */
export class StrictValidationPipe extends ValidationPipe {
  private readonly queries: ValidationPipe;

  constructor() {
    const options = (type: ArgumentMetadata['type']) => ({
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      transform: true,
      exceptionFactory: (errors: ValidationError[]) => refusalOf(errors, type),
    });
    super(options('body'));
    this.queries = new ValidationPipe(options('query'));
  }

  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    return metadata.type === 'query'
      ? (this.queries.transform(value, metadata) as Promise<unknown>)
      : (super.transform(value, metadata) as Promise<unknown>);
  }
}

import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { answered } from './answer-schemas.js';
import { isProblemCode, Problem, PROBLEM_CODES, problemType, type ProblemCode } from './problem.js';

interface ProblemDescription {
  readonly type: string;
  readonly code: ProblemCode;
  readonly status: number;
  readonly meaning: string;
}

function describe(code: ProblemCode): ProblemDescription {
  return { type: `/api/problems/${code}`, code, ...problemType(code) };
}

/** What each problem code means; the `type` of a problem leads here. */
@ApiTags('problems')
@Controller('problems')
export class ProblemsController {
  @Get()
  @ApiOperation({ summary: 'Every problem code, with its status and meaning' })
  @ApiResponse({ status: 200, description: 'All.', schema: answered('ProblemTypeList') })
  all(): { readonly items: readonly ProblemDescription[] } {
    return { items: PROBLEM_CODES.map(describe) };
  }

  @Get(':code')
  @ApiOperation({ summary: 'The meaning of one problem code' })
  @ApiResponse({ status: 200, description: 'Its meaning.', schema: answered('ProblemType') })
  one(@Param('code') code: string): ProblemDescription {
    if (!isProblemCode(code)) throw new Problem('not_found');
    return describe(code);
  }
}

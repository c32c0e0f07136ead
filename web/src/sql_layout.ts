// SQL laid out: lines and indents alone change. Loaded when somebody asks for it.
import { duckdb, formatDialect } from 'sql-formatter';

export const laidOut = (text: string): string => formatDialect(text, { dialect: duckdb, tabWidth: 2, paramTypes: { named: ['$'] } });

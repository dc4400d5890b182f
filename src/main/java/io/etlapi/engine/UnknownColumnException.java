package io.etlapi.engine;

/** An expression names a column that is not there. */
public final class UnknownColumnException extends ExpressionException {

  private static final long serialVersionUID = 1L;

  private final String column;

  UnknownColumnException(String column) {
    super("There is no column '" + column + "'.");
    this.column = column;
  }

  /** The name as the expression has it. */
  public String column() {
    return column;
  }
}

package org.bitgaze.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Skips a test, with all its parameters, if a file of the folder {@code shared} is absent. See
 * {@link Shared}.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsShared.Condition.class)
public @interface NeedsShared {
  /** The file's name below the folder. */
  String value();

  /** Looks for the file. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      String name = context.getRequiredTestMethod().getAnnotation(NeedsShared.class).value();
      return Shared.find(name).isPresent()
          ? ConditionEvaluationResult.enabled("the file is there")
          : ConditionEvaluationResult.disabled(Shared.missing(name));
    }
  }
}

# For how long a message is invisible.

mock_provider "aws" {}

variables {
  name            = "vizard"
  timeout_seconds = 180
}

run "longer_than_the_function_takes_and_soon_enough_for_three_attempts" {
  command = plan

  assert {
    condition     = aws_sqs_queue.calls.visibility_timeout_seconds == 180 + output.window_seconds + 60
    error_message = "messages are invisible for ${aws_sqs_queue.calls.visibility_timeout_seconds} seconds"
  }
}

run "at_least_two_minutes" {
  command = plan

  variables {
    timeout_seconds = 5
  }

  assert {
    condition     = aws_sqs_queue.calls.visibility_timeout_seconds == 120
    error_message = "messages are invisible for ${aws_sqs_queue.calls.visibility_timeout_seconds} seconds"
  }
}

# Callers are told to give up after an hour.
run "three_attempts_end_within_the_hour" {
  command = plan

  variables {
    timeout_seconds = 900
  }

  assert {
    condition     = 3 * aws_sqs_queue.calls.visibility_timeout_seconds < 3600
    error_message = "messages are invisible for ${aws_sqs_queue.calls.visibility_timeout_seconds} seconds"
  }
}

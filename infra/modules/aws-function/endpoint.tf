# Where the function is called: its own URL, or an HTTP API in front of it. Both let in only calls that are signed by a
# principal of IAM; there is no setting for anything else.

resource "aws_lambda_function_url" "this" {
  count = var.endpoint == "function_url" ? 1 : 0

  function_name      = aws_lambda_function.this.function_name
  qualifier          = aws_lambda_alias.live.name
  authorization_type = "AWS_IAM"
}

resource "aws_apigatewayv2_api" "this" {
  count = var.endpoint == "http_api" ? 1 : 0

  name          = var.name
  description   = "Calls of ${var.name}"
  protocol_type = "HTTP"
  tags          = var.tags
}

resource "aws_apigatewayv2_integration" "this" {
  count = length(aws_apigatewayv2_api.this)

  api_id                 = aws_apigatewayv2_api.this[count.index].id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_alias.live.invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "this" {
  count = length(aws_apigatewayv2_api.this)

  api_id             = aws_apigatewayv2_api.this[count.index].id
  route_key          = "$default"
  authorization_type = "AWS_IAM"
  target             = "integrations/${aws_apigatewayv2_integration.this[count.index].id}"
}

resource "aws_apigatewayv2_stage" "this" {
  count = length(aws_apigatewayv2_api.this)

  api_id      = aws_apigatewayv2_api.this[count.index].id
  name        = "$default"
  auto_deploy = true
  tags        = var.tags

  # No path and no query: they hold identifiers. The function's audit line has the endpoint and the same request id.
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.api[count.index].arn
    format = jsonencode({
      request_id = "$context.requestId"
      time       = "$context.requestTime"
      method     = "$context.httpMethod"
      status     = "$context.status"
      caller     = "$context.identity.userArn"
      error      = "$context.error.message"
    })
  }
}

# The API may call the function: an unsigned call does not come so far.
resource "aws_lambda_permission" "api" {
  count = length(aws_apigatewayv2_api.this)

  statement_id  = "HttpApi"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this.function_name
  qualifier     = aws_lambda_alias.live.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this[count.index].execution_arn}/*"
}

locals {
  # Without the slash at the end, so that a path can be put behind it.
  url = trimsuffix(one(concat(aws_lambda_function_url.this[*].function_url, aws_apigatewayv2_api.this[*].api_endpoint)), "/")
}

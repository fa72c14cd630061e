output "dashboard_name" {
  description = "Name of the dashboard."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}

output "alarm_names" {
  description = "Names of the alarms, sorted."
  value = sort(concat(
    [for alarm in aws_cloudwatch_metric_alarm.simple : alarm.alarm_name],
    [aws_cloudwatch_metric_alarm.refused.alarm_name],
    [for alarm in aws_cloudwatch_metric_alarm.failed_calls : alarm.alarm_name],
    [for alarm in aws_cloudwatch_metric_alarm.waiting_calls : alarm.alarm_name],
  ))
}

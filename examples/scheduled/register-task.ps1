# Sets up the monthly checks in Windows Task Scheduler: six in the morning, each working day.
# Run once, as an administrator, with the account that may read the extracts:
#
#   .\register-task.ps1 -HomeFolder D:\mhsds -Account TRUST\svc-mhsds
param(
    [Parameter(Mandatory = $true)] [string] $HomeFolder,
    [Parameter(Mandatory = $true)] [string] $Account,
    [string] $At = '06:00'
)
$ErrorActionPreference = 'Stop'

$Script = Join-Path $PSScriptRoot 'monthly.ps1'
$Log = Join-Path $HomeFolder 'monthly.log'
$Command = "& '$Script' -HomeFolder '$HomeFolder' *>> '$Log'; exit `$LASTEXITCODE"
$Action = New-ScheduledTaskAction -Execute 'powershell.exe' `
    -Argument "-NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -Command `"$Command`""
$Trigger = New-ScheduledTaskTrigger -Weekly -At $At `
    -DaysOfWeek Monday, Tuesday, Wednesday, Thursday, Friday
$Settings = New-ScheduledTaskSettingsSet -MultipleInstances IgnoreNew -StartWhenAvailable `
    -ExecutionTimeLimit (New-TimeSpan -Hours 2)
$Principal = New-ScheduledTaskPrincipal -UserId $Account -LogonType Password -RunLevel Limited
$Task = New-ScheduledTask -Action $Action -Trigger $Trigger -Settings $Settings -Principal $Principal

$Credential = Get-Credential -UserName $Account -Message 'Account that runs the monthly checks'
Register-ScheduledTask -TaskName 'MHSDS monthly checks' -InputObject $Task `
    -User $Account -Password $Credential.GetNetworkCredential().Password -Force | Out-Null
Write-Output "Set up. Its log: $Log"

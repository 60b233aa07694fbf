# The month's checks and pack, run by Windows Task Scheduler on a machine inside the trust's own
# network; register-task.ps1 sets the task up. Windows PowerShell 5.1 or later.
#
#   .\monthly.ps1 -HomeFolder D:\mhsds [-Period 2026-10]
#
# Exit code: 0 nothing would be rejected, 1 something would, 2 and above as 'mhsds-recon' gives it.
param(
    [Parameter(Mandatory = $true)] [string] $HomeFolder,
    [string] $Period = (Get-Date).AddMonths(-1).ToString('yyyy-MM'),
    [string] $Recon = 'mhsds-recon'
)
$ErrorActionPreference = 'Stop'

$Extracts = Join-Path $HomeFolder 'extracts'
$Extract = Join-Path $Extracts $Period
$Reference = Join-Path $HomeFolder 'reference'
$Results = Join-Path $HomeFolder "results\$Period"
$Packs = Join-Path $HomeFolder 'results\packs'
if (-not $env:MHSDS_RECON_HISTORY) {
    $env:MHSDS_RECON_HISTORY = Join-Path $HomeFolder 'history.sqlite'
}

function Say([string] $Text) { Write-Output "$(Get-Date -Format s) $Text" }

if (-not (Test-Path $Extract)) {
    Say "${Period}: the extract is not there yet"
    exit 0
}
New-Item -ItemType Directory -Force -Path $Results | Out-Null

# An extract that was looked at before, and did not change since, is not looked at again.
$Stamp = (Get-ChildItem $Extract -Recurse -File | Get-FileHash -Algorithm SHA256 |
    Sort-Object Path | ForEach-Object { "$($_.Hash) $($_.Path)" }) -join "`n"
$StampFile = Join-Path $Results 'stamp'
if ((Test-Path $StampFile) -and ((Get-Content $StampFile -Raw) -eq $Stamp)) {
    Say "${Period}: nothing changed"
    exit 0
}

Say "${Period}: validating"
& $Recon validate "$Extract" `
    --reference "$Reference" `
    --output "$Results\validation" `
    --fail-on record_rejected --no-input
$Code = $LASTEXITCODE
if ($Code -gt 1) {
    Say "${Period}: stopped with exit code $Code"
    exit $Code
}

Say "${Period}: building the pack"
& $Recon pack "$Extracts" `
    --period "$Period" `
    --reference "$Reference" `
    --output "$Packs" --no-input
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }

& $Recon calendar --period "$Period"
[IO.File]::WriteAllText($StampFile, $Stamp)
Say "${Period}: done, exit code $Code"
exit $Code

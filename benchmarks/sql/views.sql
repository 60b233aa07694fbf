-- What the twelve measures read: plain views over the submitted files, worked out anew by each
-- measure. Table functions and the variables `period` (number of the counted month),
-- `period_start`, `period_end` and `provider` are set by the benchmark.

CREATE MACRO filled(value) AS CASE WHEN trim(value) <> '' THEN value END;
CREATE MACRO day(value) AS try_cast(substr(value, 1, 10) AS DATE);
CREATE MACRO month_of(filename) AS
    (regexp_extract(filename, '(\d{4})-(\d{2})[/\\]', 1)::INT - 1900) * 12
    + regexp_extract(filename, '(\d{4})-(\d{2})[/\\]', 2)::INT - 3;
CREATE MACRO month_end(month) AS
    (DATE '1900-04-01' + to_months(month::INT) - INTERVAL 1 DAY)::DATE;
CREATE MACRO years(born, on_day) AS CASE
    WHEN born > on_day THEN 0
    ELSE date_diff('year', born, on_day) - (strftime(on_day, '%m%d') < strftime(born, '%m%d'))::INT
END;

CREATE VIEW patients AS
SELECT month_of(p.filename) AS month, p.LocalPatientID AS patient,
    coalesce(filled(p.NHSNumber), getvariable('provider') || p.LocalPatientID) AS person,
    day(p.PersonBirthDate) AS born, filled(p.Gender) AS gender,
    filled(p.GenderIDCode) AS gender_identity, filled(p.GenderSameAtBirth) AS same_at_birth,
    coalesce(trim(c.la_district) = '' OR trim(c.la_district) LIKE 'E%', true) AS in_england
FROM read_table('MHS001MPI') p
LEFT JOIN postcode_lookup c
    ON replace(upper(c.postcode), ' ', '') = replace(upper(filled(p.Postcode)), ' ', '');

CREATE VIEW referrals AS
SELECT p.*, r.ServiceRequestID AS referral, day(r.ReferralRequestReceivedDate) AS received,
    day(r.ServDischDate) AS discharged, day(r.ReferRejectionDate) AS rejected,
    filled(r.CareProfTeamLocalID) AS team, filled(r.PrimReasonReferralMH) AS reason,
    filled(r.ClinRespPriorityType) AS priority, r.file_row_number AS row_number,
    years(p.born, day(r.ReferralRequestReceivedDate)) AS age_at_referral
FROM read_table('MHS101Referral') r
JOIN patients p
    ON p.month = month_of(r.filename) AND p.patient = r.LocalPatientID;

CREATE VIEW team_entries AS
SELECT month, referral, discharged AS closed, rejected, team FROM referrals
UNION ALL
SELECT month_of(filename), ServiceRequestID, day(ReferClosureDate), day(ReferRejectionDate),
    filled(OtherCareProfTeamLocalID)
FROM read_table('MHS102OtherServiceType');

CREATE VIEW referral_teams AS
SELECT r.* EXCLUDE (rejected, team), e.closed, e.rejected, t.ServTeamTypeMH AS team_type
FROM referrals r
JOIN team_entries e ON e.month = r.month AND e.referral = r.referral
LEFT JOIN read_table('MHS902ServiceTeamDetails') t
    ON month_of(t.filename) = e.month AND t.CareProfTeamLocalID = e.team;

CREATE VIEW hospital_referrals AS
SELECT DISTINCT r.person, r.referral
FROM read_table('MHS501HospProvSpell') h
JOIN referrals r ON r.month = month_of(h.filename) AND r.referral = h.ServiceRequestID;

CREATE VIEW contacts AS
SELECT r.*, c.CareContactID AS contact, day(c.CareContDate) AS on_day,
    c.AttendStatus AS attendance, c.ConsMechanismMH AS mechanism, c.file_row_number AS contact_row
FROM read_table('MHS201CareContact') c
JOIN referrals r ON r.month = month_of(c.filename) AND r.referral = c.ServiceRequestID;

CREATE VIEW counted_activity AS
SELECT person, referral, month, on_day, NULL AS at_time, false AS is_indirect,
    age_at_referral, in_england, contact_row,
    years(born, on_day) AS age_at_contact, years(born, month_end(month)) AS age_at_month_end
FROM contacts
WHERE attendance IN ('5', '6') AND mechanism IN ('01', '02', '04', '11')
UNION ALL
SELECT r.person, r.referral, r.month, day(i.IndirectActDate), filled(i.IndirectActTime), true,
    r.age_at_referral, r.in_england, i.file_row_number,
    NULL, years(r.born, month_end(r.month))
FROM read_table('MHS204IndirectActivity') i
JOIN referrals r ON r.month = month_of(i.filename) AND r.referral = i.ServiceRequestID;

CREATE VIEW latest_referrals AS
SELECT * FROM referrals
QUALIFY row_number() OVER (PARTITION BY referral ORDER BY month DESC, row_number DESC) = 1;

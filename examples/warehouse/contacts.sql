-- Contacts of the month (MHS29), and those that the patient or a proxy attended (MHS30), as the
-- publication counts them: only where the referral was submitted for the month as well.
WITH counted AS (
  SELECT contacts.contact_id, contacts.attendance
  FROM contacts
  JOIN referrals
    ON referrals.referral_id = contacts.referral_id
   AND referrals.submitted_for = contacts.submitted_for
  WHERE contacts.submitted_for = :period_start
    AND contacts.contact_on BETWEEN :period_start AND :period_end
)
SELECT 'MHS29' AS measure_id, COUNT(DISTINCT contact_id) AS value
FROM counted
UNION ALL
SELECT 'MHS30' AS measure_id, COUNT(DISTINCT contact_id) AS value
FROM counted
WHERE attendance IN ('5', '6')

-- A token may be one that is shown together with a certificate alone (RFC 8705 3): `certificate` is the
-- SHA-256 of that certificate's DER, NULL for a token of none.
ALTER TABLE token ADD COLUMN certificate BLOB CHECK (certificate IS NULL OR LENGTH(certificate) = 32);

DROP TRIGGER token_revoked_only;
CREATE TRIGGER token_revoked_only BEFORE UPDATE ON token
    WHEN OLD.revoked_at <> 0 OR NEW.revoked_at = 0 OR NEW.person <> OLD.person
        OR NEW.number <> OLD.number OR NEW.sha256 <> OLD.sha256 OR NEW.scope <> OLD.scope
        OR NEW.note <> OLD.note OR NEW.made_at <> OLD.made_at OR NEW.made_by <> OLD.made_by
        OR NEW.until_day <> OLD.until_day OR NEW.certificate IS NOT OLD.certificate
BEGIN SELECT RAISE(ABORT, 'token: may be revoked once, nothing else'); END;

PRAGMA user_version = 30;

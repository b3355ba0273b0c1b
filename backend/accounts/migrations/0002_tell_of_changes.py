"""Tell every web process when what it may know of tokens, sessions and people is no longer true."""

from django.db import migrations

TELL = """
CREATE FUNCTION accounts_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('jobdeck_accounts', '');
    RETURN NULL;
END $$;

-- Not the columns that only say when somebody was here: they change all the time, and nothing hangs on them.
CREATE TRIGGER user_changed AFTER UPDATE OF id, username, password, role, is_active OR DELETE OR TRUNCATE ON accounts_user
FOR EACH STATEMENT EXECUTE FUNCTION accounts_tell();

CREATE TRIGGER token_changed AFTER UPDATE OF user_id, digest, expires_at OR DELETE OR TRUNCATE ON accounts_apitoken
FOR EACH STATEMENT EXECUTE FUNCTION accounts_tell();

CREATE TRIGGER session_changed AFTER UPDATE OR DELETE OR TRUNCATE ON django_session
FOR EACH STATEMENT EXECUTE FUNCTION accounts_tell();
"""

SAY_NO_MORE = """
DROP TRIGGER session_changed ON django_session;
DROP TRIGGER token_changed ON accounts_apitoken;
DROP TRIGGER user_changed ON accounts_user;
DROP FUNCTION accounts_tell();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("sessions", "0001_initial")]

    operations = [migrations.RunSQL(TELL, SAY_NO_MORE)]

"""WHAT WE KNOW: tables, queries by subject, migrations, media files. The only room with SQL in it."""

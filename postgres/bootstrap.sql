-- One role and one schema for each service; run at every start, so it only adds what is missing.
-- Passwords come from the environment: nothing secret stands in a file or in an argument.
\set ON_ERROR_STOP on
\getenv api_password AIRTIGHT_API_DB_PASSWORD
\getenv stream_control_password AIRTIGHT_STREAM_CONTROL_DB_PASSWORD

SELECT 'CREATE ROLE api LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'api') \gexec
ALTER ROLE api PASSWORD :'api_password';
SELECT 'CREATE ROLE stream_control LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'stream_control') \gexec
ALTER ROLE stream_control PASSWORD :'stream_control_password';

SELECT 'CREATE DATABASE airtight' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'airtight') \gexec
\connect airtight
REVOKE ALL ON DATABASE airtight FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT CONNECT ON DATABASE airtight TO api, stream_control;
CREATE SCHEMA IF NOT EXISTS api AUTHORIZATION api;
CREATE SCHEMA IF NOT EXISTS stream_control AUTHORIZATION stream_control;

-- What searching needs, in a schema of its own: an extension is one database's, not one service's.
CREATE SCHEMA IF NOT EXISTS extensions;
GRANT USAGE ON SCHEMA extensions TO api;
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA extensions;
CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA extensions;
ALTER ROLE api SET search_path = api, extensions;

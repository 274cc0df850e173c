-- The site's role and database, once, on the leader: psql -f database.sql postgres
CREATE ROLE mitmachkarte LOGIN PASSWORD '${SITE_PASSWORD}';
CREATE DATABASE mitmachkarte OWNER mitmachkarte;
\connect mitmachkarte
CREATE EXTENSION postgis;
CREATE EXTENSION pg_trgm;
CREATE EXTENSION btree_gist;
CREATE EXTENSION unaccent;

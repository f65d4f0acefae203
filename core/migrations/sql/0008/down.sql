DROP INDEX approval_lately;

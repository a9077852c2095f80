-- Grain: one row per (programme of data or partner discounts, line that was in service on the day
-- of its announcement or later): the first rule the line breaks, or the months it is entitled.
-- Programmes for victims have rows of victims only.
-- A view: two programmes for all would be two rows per line ever in service. Each import is read
-- once: what a reader asks for by line reaches the scan of lines only through such.

{{ config(materialized='view', meta={'rows_kept_by': 'line_key'}) }}

{{ lines_entitled_steps() }}

select * from final

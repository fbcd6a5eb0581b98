"""add stationery."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('letterhead',
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('address_en', sa.Text(), nullable=False, comment='line by line'),
    sa.Column('address_cy', sa.Text(), nullable=False, comment='line by line'),
    sa.Column('logo', sa.LargeBinary(), nullable=True, comment='PNG or JPEG; null: none'),
    sa.Column('logo_type', sa.Text(), nullable=False, comment='media type, found from the bytes'),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_letterhead_board_id_board')),
    sa.PrimaryKeyConstraint('board_id', name=op.f('pk_letterhead'))
    )
    op.create_table('own_template',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('path', sa.Text(), nullable=False, comment='e.g. forms/reports/recommendation.toml'),
    sa.Column('number', sa.Integer(), nullable=False, comment='1, 2, ... for a Board and path'),
    sa.Column('source', sa.Text(), nullable=False, comment='the TOML, as it was written'),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('written_by', sa.Uuid(), nullable=False),
    sa.Column('in_force_at', sa.DateTime(timezone=True), nullable=True, comment='null: waits'),
    sa.Column('put_in_force_by', sa.Uuid(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True, comment='replaced by the next one, or taken back'),
    sa.Column('ended_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_own_template_board_id_board')),
    sa.ForeignKeyConstraint(['ended_by'], ['account.id'], name=op.f('fk_own_template_ended_by_account')),
    sa.ForeignKeyConstraint(['put_in_force_by'], ['account.id'], name=op.f('fk_own_template_put_in_force_by_account')),
    sa.ForeignKeyConstraint(['written_by'], ['account.id'], name=op.f('fk_own_template_written_by_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_own_template')),
    sa.UniqueConstraint('board_id', 'path', 'number', name=op.f('uq_own_template_board_id_path_number'))
    )


def downgrade() -> None:
    op.drop_table('own_template')
    op.drop_table('letterhead')
